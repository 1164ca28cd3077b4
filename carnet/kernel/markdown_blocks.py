"""Markdown of the provider's texts as blocks of plain values, for what is not HTML: documents."""

from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

Node = dict[str, Any]

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable("table")
_STYLES = {"strong": "strong", "em": "emph"}


def blocks(markdown: str, *, site_url: str = "") -> list[Node]:
    """Headings, paragraphs, lists, tables, quotes, code and rules, in their order; links of the site are whole ones.

    A heading is never more than one level below the one before it, however it was written: readers aloud need that.
    """
    return _Reader(site_url).below(SyntaxTreeNode(_MARKDOWN.parse(markdown)))


class _Reader:
    def __init__(self, site_url: str) -> None:
        self.site_url = site_url
        self.open_levels: list[int] = []  # as they were written, of the headings that this place stands under

    def below(self, node: SyntaxTreeNode) -> list[Node]:
        return [block for child in node.children if (block := self._block(child)) is not None]

    def _block(self, node: SyntaxTreeNode) -> Node | None:
        match node.type:
            case "heading" | "paragraph":
                return self._written(node, self._words(node))
            case "bullet_list" | "ordered_list":
                items = [self.below(item) for item in node.children]
                return {"kind": "list", "is_ordered": node.type == "ordered_list", "items": items}
            case "blockquote":
                return {"kind": "quote", "blocks": self.below(node)}
            case "table":
                rows = [[self._words(cell) for cell in row.children] for part in node.children for row in part.children]
                return {"kind": "table", "rows": rows}
            case "fence" | "code_block":
                return {"kind": "code", "text": node.content}
            case "hr":
                return {"kind": "rule"}
            case _:
                return None

    def _written(self, node: SyntaxTreeNode, words: list[Node]) -> Node | None:
        if not words:
            return None
        level = {"level": self._level(int(node.tag[1]))} if node.type == "heading" else {}
        return {"kind": node.type, **level, "words": words}

    def _level(self, written: int) -> int:
        while self.open_levels and self.open_levels[-1] >= written:
            self.open_levels.pop()
        self.open_levels.append(written)
        return len(self.open_levels)

    def _words(self, node: SyntaxTreeNode) -> list[Node]:
        return [word for inline in node.children for child in inline.children for word in self._word(child)]

    def _word(self, node: SyntaxTreeNode) -> list[Node]:
        inner = [word for child in node.children for word in self._word(child)]
        match node.type:
            case "text" | "code_inline":
                return [{"kind": "text", "text": node.content}] if node.content else []
            case "softbreak":
                return [{"kind": "text", "text": " "}]
            case "hardbreak":
                return [{"kind": "break"}]
            case "strong" | "em":
                return [{"kind": _STYLES[node.type], "words": inner}] if inner else []
            case "link":
                url = str(node.attrs.get("href", ""))
                return [{"kind": "link", "url": self._whole(url), "words": inner}] if inner and url else inner
            case _:
                return inner

    def _whole(self, url: str) -> str:
        return self.site_url + url if url.startswith("/") and not url.startswith("//") else url
