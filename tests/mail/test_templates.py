"""The templates of all mails: readable text, whole lines, and where an answer goes (D1, D4)."""

import re
from pathlib import Path

import pytest

import carnet

CARNET = Path(carnet.__file__).parent
TEXTS = sorted(path for path in CARNET.glob("*/templates/*/mail/*.txt") if not path.name.endswith(".subject.txt"))
PARTS = sorted(CARNET.glob("*/templates/*/mail/parts/*.txt"))


def name(path: Path) -> str:
    return path.relative_to(CARNET).as_posix()


@pytest.mark.parametrize("path", PARTS, ids=name)
def test_case_D1_a_part_of_a_line_brings_no_line_break(path):
    assert not path.read_text().endswith("\n")


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_case_D1_text_is_no_markdown_and_links_are_whole(path):
    source = path.read_text()
    assert "markdown" not in source
    assert re.findall(r"(?<!\{\{ site_url \}\})\{% url (?!\S+ as )", source) == []
    assert re.findall(r"\*\*|\]\(|^#", source, re.MULTILINE) == []


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_case_D4_each_says_where_an_answer_goes(path):
    source, html = path.read_text(), path.with_suffix(".html").read_text()
    assert '{% extends "layouts/mail.txt" %}' in source
    assert '{% extends "layouts/mail.html" %}' in html
    # Of a ticket: its page; of all others the page that the layout names. Owners are told to look at the desk.
    about_a_ticket = path.parts[-3] == "tickets" and not re.match("first_question|contact", path.name)
    for one in (source, html):
        assert ("tickets/mail/parts/replies.txt" in one) == about_a_ticket
        assert ("{% block replies %}{% endblock %}" in one) == (path.parts[-3] == "operations")
