"""The templates of all mails: readable text, whole lines, and where an answer goes (D1, D4)."""

import re
from pathlib import Path

import pytest

import carnet

CARNET = Path(carnet.__file__).parent
TEXTS = sorted(path for path in CARNET.glob("*/templates/*/mail/*.txt") if not path.name.endswith(".subject.txt"))
INLINE = re.compile(r'\{% include "(\S+)" %\}(?=[^\s<{])')


def name(path: Path) -> str:
    return path.relative_to(CARNET).as_posix()


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_case_D1_text_is_no_markdown_and_links_are_whole(path):
    source = path.read_text()
    assert "markdown" not in source
    assert re.findall(r"(?<!\{\{ site_url \}\})\{% url (?!\S+ as )", source) == []
    assert re.findall(r"\*\*|\]\(|^#", source, re.MULTILINE) == []
    for part in INLINE.findall(source):
        assert not (CARNET / part.split("/")[0] / "templates" / part).read_text().endswith("\n"), part


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_case_D4_each_says_where_an_answer_goes(path):
    # The layout says it.
    assert '{% extends "layouts/mail.txt" %}' in path.read_text()
    assert '{% extends "layouts/mail.html" %}' in path.with_suffix(".html").read_text()
