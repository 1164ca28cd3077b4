"""Texts of the provider as blocks for documents."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.kernel import markdown_blocks


def text(words):
    return {"kind": "text", "text": words}


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("", []),
        ("One\nline", [{"kind": "paragraph", "words": [text("One"), text(" "), text("line")]}]),
        ("a  \nb", [{"kind": "paragraph", "words": [text("a"), {"kind": "break"}, text("b")]}]),
        ("**a *b***", [{"kind": "paragraph", "words": [
            {"kind": "strong", "words": [text("a "), {"kind": "emph", "words": [text("b")]}]}]}]),
        ("`x`", [{"kind": "paragraph", "words": [text("x")]}]),
        ("[us](/fr/contact/)", [{"kind": "paragraph", "words": [
            {"kind": "link", "url": "https://help.example.org/fr/contact/", "words": [text("us")]}]}]),
        ("[us](https://example.org/)", [{"kind": "paragraph", "words": [
            {"kind": "link", "url": "https://example.org/", "words": [text("us")]}]}]),
        ("[us]()", [{"kind": "paragraph", "words": [text("us")]}]),
        ("1. a", [{"kind": "list", "is_ordered": True, "items": [[{"kind": "paragraph", "words": [text("a")]}]]}]),
        ("> a", [{"kind": "quote", "blocks": [{"kind": "paragraph", "words": [text("a")]}]}]),
        ("| a |\n| - |\n| b |", [{"kind": "table", "rows": [[[text("a")]], [[text("b")]]]}]),
        ("    code", [{"kind": "code", "text": "code\n"}]),
        ("---", [{"kind": "rule"}]),
        ("<b>x</b>", [{"kind": "paragraph", "words": [text("<b>x</b>")]}]),
    ],
)  # fmt: skip
def test_what_is_written(markdown, found):
    assert markdown_blocks.blocks(markdown, site_url="https://help.example.org") == found


@pytest.mark.parametrize(
    ("markdown", "levels"),
    [("## a\n## b\n#### c\n### d\n## e", [1, 1, 2, 2, 1]), ("### a\n# b\n## c", [1, 1, 2])],
)
def test_headings_never_skip_a_level(markdown, levels):
    assert [one["level"] for one in markdown_blocks.blocks(markdown)] == levels


@given(st.text(alphabet="ab *_[](){}<>#-1.|\n`!\\/", max_size=80))
def test_any_text_can_be_read(markdown):
    found = markdown_blocks.blocks(markdown)
    assert json.loads(json.dumps(found)) == found  # as it goes to Typst
