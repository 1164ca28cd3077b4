"""Every rule of lots, tickets, hours and trial has a test that is named for it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| ([LTHF]\d+) \|", re.MULTILINE)
NAMED = re.compile(r"def test_((?:[A-Z]\d+_)+)")


def test_every_rule_has_a_test_of_its_name():
    rules = set(ROW.findall((ROOT / "docs" / "rules.md").read_text("utf-8")))
    assert {"L5", "L12", "T1", "T17", "H5", "F4"} <= rules
    named = {
        rule
        for path in (ROOT / "tests").rglob("test_*.py")
        for names in NAMED.findall(path.read_text("utf-8"))
        for rule in names.strip("_").split("_")
    }
    assert sorted(rules - named) == []
