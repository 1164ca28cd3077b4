import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from carnet.kernel import chain

# Rows written years ago must prove themselves by these very values: a change here breaks every chain there is.
AT = datetime.datetime(2026, 11, 23, 12, 0, 0, 5, tzinfo=datetime.UTC)
FIELDS = {"id": 1, "at": AT, "on": datetime.date(2026, 11, 23), "lot": None, "reason": "spent", "name": "é “œ”"}
TEXT = '{"at":"2026-11-23T12:00:00.000005+00:00","id":1,"lot":null,"name":"é “œ”","on":"2026-11-23","reason":"spent"}'


def test_the_canonical_text_is_stable():
    assert chain.canonical(FIELDS) == TEXT
    assert chain.canonical(dict(reversed(FIELDS.items()))) == TEXT


def test_an_instant_is_the_same_in_every_zone_and_always_has_microseconds():
    in_paris = AT.astimezone(ZoneInfo("Europe/Paris"))
    assert chain.canonical(FIELDS | {"at": in_paris}) == TEXT
    whole = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
    assert chain.canonical({"at": whole}) == '{"at":"2026-11-23T12:00:00.000000+00:00"}'


def test_links_are_stable():
    first = chain.link(chain.START, FIELDS)
    assert first == "c5fdaf5a1af25dd065ba55499397fc709df29e90b80a3e3e6285815e0b9ccbd5"
    assert chain.link(first, {}) == "f1095845db0f8d41751e2735a2be608635a2231be7b03544dceb4ece05828697"


@pytest.mark.parametrize("change", [{"id": 2}, {"reason": "Spent"}, {"lot": 0}, {"more": None}])
def test_any_change_changes_the_link(change):
    assert chain.link(chain.START, FIELDS | change) != chain.link(chain.START, FIELDS)


def test_the_row_before_is_part_of_the_link():
    assert chain.link("1" * 64, FIELDS) != chain.link(chain.START, FIELDS)


@pytest.mark.parametrize("value", [Decimal("1.0"), object(), {1, 2}])
def test_what_has_no_canonical_text_is_refused(value):
    with pytest.raises(TypeError, match="no canonical text"):
        chain.canonical({"value": value})
