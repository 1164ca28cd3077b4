"""What a checker of HTML says of a page: wrong for the parser, or against its rules of names and places."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tinyhtml5.parser import HTMLParser

# Roles that take no name (WAI-ARIA 1.2, 5.2.8.6), by the elements that have them by themselves.
NAMELESS = {
    "span",
    "div",
    "p",
    "b",
    "i",
    "em",
    "strong",
    "code",
    "small",
    "time",
    "sub",
    "sup",
    "ins",
    "del",
    "caption",
}
# Which children a list may have (HTML, 4.4).
CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "tr": {"td", "th", "script", "template"},
}
INTERACTIVE = {"a", "button", "select", "textarea", "label", "summary"}
REFERRING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "form", "list")
ONCE = ("main", "title", "h1")


def faults(page: str) -> list[str]:
    """Everything that is wrong with the page, as short sentences; none of a good one."""
    parser = HTMLParser(namespace_html_elements=False)
    tree = parser.parse(page)
    wrong = [f"line {place[0]}: {code} {values or ''}".strip() for place, code, values in parser.errors]
    elements = [one for one in tree.iter() if isinstance(one.tag, str)]
    ids = Counter(one.get("id") for one in elements if one.get("id"))
    wrong += [f"id {name} stands {count} times" for name, count in ids.items() if count > 1]
    wrong += [f"{name} stands {count} times" for name, count in _counted(elements) if count != 1]
    if sum("autofocus" in one.attrib for one in elements) > 1:
        wrong.append("more than one autofocus")
    for one in elements:
        wrong += _faults_of(one, set(ids))
    return wrong + list(_nested(tree, ()))


def _counted(elements: list[Any]) -> list[tuple[str, int]]:
    return [(name, sum(one.tag == name for one in elements)) for name in ONCE]


def _faults_of(one: Any, ids: set[str | None]) -> Iterator[str]:
    if one.tag in NAMELESS and not one.get("role") and (one.get("aria-label") or one.get("aria-labelledby")):
        yield f"a name on a {one.tag} without a role: {one.get('aria-label')}"
    if one.tag == "img" and one.get("alt") is None:
        yield f"a picture without alt: {one.get('src')}"
    for name in REFERRING:
        for wanted in (one.get(name) or "").split():
            if wanted not in ids:
                yield f"{name}={wanted} of a {one.tag} leads to nothing"
    for child in one:
        if one.tag in CHILDREN and isinstance(child.tag, str) and child.tag not in CHILDREN[one.tag]:
            yield f"a {child.tag} in a {one.tag}"
    for name in ("href", "src", "action"):
        if any(character.isspace() for character in (one.get(name) or "").strip()):
            yield f"{name} with a blank: {one.get(name)}"


def _nested(one: Any, around: tuple[str, ...]) -> Iterator[str]:
    """What is pressed stands in nothing else that is pressed; a form in no form."""
    inner = around
    if isinstance(one.tag, str):
        pressed = INTERACTIVE - {"label"} if "label" in around else INTERACTIVE
        if one.tag in pressed and any(outer in ("a", "button") for outer in around):
            yield f"a {one.tag} in {around[-1]}"
        if one.tag == "form" and "form" in around:
            yield "a form in a form"
        inner = (*around, one.tag) if one.tag in {*INTERACTIVE, "form"} else around
    for child in one:
        yield from _nested(child, inner)


def tight(page: str) -> str:
    """The page without the blanks and line ends beside its tags, which only lay out the source."""
    return re.sub(r"\s*(</?[a-z][^>]*>)\s*", lambda tag: " ".join(tag[1].split()).replace(" >", ">"), page)


def description(page: str) -> str:
    """What the page says of itself to who searches; empty if it says nothing."""
    tree = HTMLParser(namespace_html_elements=False).parse(page)
    found = [one.get("content") or "" for one in tree.iter("meta") if one.get("name") == "description"]
    assert len(found) <= 1, "more than one description"
    return "".join(found)


def fields(page: str) -> Iterator[tuple[str, str]]:
    """What a page asks for: the name of each field that is seen, without its form's prefix, and its autocomplete."""
    tree = HTMLParser(namespace_html_elements=False).parse(page)
    for one in tree.iter():
        if one.tag in ("input", "select", "textarea") and one.get("type") not in (
            "hidden",
            "radio",
            "checkbox",
            "search",
        ):
            yield (one.get("name") or "").rpartition("-")[2], one.get("autocomplete") or ""
