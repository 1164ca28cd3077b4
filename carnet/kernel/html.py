"""HTML that is safe to show: Markdown of our own texts, plain text of people's messages."""

import html
import re

import nh3
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable("table")
_TAGS = {"p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "a", "h2", "h3", "h4", "blockquote", "hr",
         "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
_LINK = re.compile(r"https?://[^\s<>\"'“”«»]+[^\s<>\"'“”«».,;:!?)\]]")


def from_markdown(text: str) -> str:
    """Markdown of the provider's texts as clean HTML: no raw HTML, no class, id or data attribute gets through."""
    schemes = {"http", "https", "mailto", "tel"}
    return nh3.clean(_MARKDOWN.render(text), tags=_TAGS, attributes={"a": {"href"}}, url_schemes=schemes)


def from_plain(text: str) -> str:
    """A person's message as HTML: escaped, blank lines make paragraphs, http addresses links that pass nothing on."""
    paragraphs = re.split(r"\n[ \t]*\n+", text.strip("\n"))
    return "".join(f'<p dir="auto">{_linked(part)}</p>' for part in paragraphs if part.strip())


def _linked(text: str) -> str:
    parts, last = [], 0
    for match in _LINK.finditer(text):
        url = html.escape(match.group())
        link = f'<a href="{url}" rel="noopener noreferrer nofollow">{url}</a>'
        parts += [html.escape(text[last : match.start()]), link]
        last = match.end()
    parts.append(html.escape(text[last:]))
    return "".join(parts).replace("\n", "<br>")
