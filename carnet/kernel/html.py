"""HTML that is safe to show: Markdown of our own texts, plain text of people's messages."""

import html
import re

import nh3
from markdown_it import MarkdownIt

from carnet.kernel import links

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable("table")
_TAGS = {"p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "a", "h2", "h3", "h4", "blockquote", "hr",
         "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
# Columns of a pasted log or table: aligned by a tab, or by three blanks and more.
_COLUMNS = re.compile(r"\t|\S {3,}\S")
_BLANKS = re.compile(r"^ +| +(?= )", re.MULTILINE)
TAB_WIDTH = 8


def from_markdown(text: str) -> str:
    """Markdown of the provider's texts as clean HTML: no raw HTML, no class, id or data attribute gets through."""
    schemes = {"http", "https", "mailto", "tel"}
    return nh3.clean(_MARKDOWN.render(text), tags=_TAGS, attributes={"a": {"href"}}, url_schemes=schemes)


def from_plain(text: str, *, blanks_written_out: bool = False) -> str:
    """A person's message as HTML: escaped, blank lines make paragraphs, addresses are links that pass nothing on.

    Blanks and tabs stay as they were typed; a paragraph with columns has the class `columns`. `blanks_written_out`: for
    mails, whose programs ignore the style that keeps blanks: several become no-break ones, tabs fill their column.
    """
    paragraphs = re.split(r"\n[ \t]*\n+", text.strip("\n"))
    return "".join(_paragraph(part, blanks_written_out) for part in paragraphs if part.strip())


def _paragraph(text: str, blanks_written_out: bool) -> str:
    attributes = 'class="columns" dir="auto"' if _COLUMNS.search(text) else 'dir="auto"'
    if blanks_written_out:
        text = _BLANKS.sub(lambda blanks: "\u00a0" * len(blanks.group()), text.expandtabs(TAB_WIDTH))
    return f"<p {attributes}>{_linked(text)}</p>"


def _linked(text: str) -> str:
    parts, last = [], 0
    for link in links.found(text):
        parts.append(html.escape(text[last : link.start]))
        shown = html.escape(text[link.start : link.end])
        parts.append(f'<a href="{html.escape(link.target)}" rel="noopener noreferrer nofollow">{shown}</a>')
        last = link.end
    parts.append(html.escape(text[last:]))
    return "".join(parts).replace("\n", "<br>")
