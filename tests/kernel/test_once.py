from dataclasses import dataclass

import pytest
from django.db import transaction

from carnet.kernel import once
from carnet.kernel.models import UsedKey
from carnet.kernel.refused import KeyReused
from carnet.orders.rules import Buyer
from tests.factories.tickets import moment

pytestmark = pytest.mark.django_db
BUYER = Buyer("Claire", "claire@example.org")


@dataclass
class Kept:
    key: str
    content: object


def done(verb="give", key="a" * 32, at=0, **content):
    return once.was_done(verb, key=key, at=moment(at), **content)


def test_L12_the_same_again_was_done(martins):
    assert not done(customer=martins, on=moment(0).date(), buyer=BUYER, files=[["a.png", "0" * 64]], none=None)
    assert done(customer=martins, on=moment(0).date(), buyer=BUYER, files=[["a.png", "0" * 64]], none=None, at=60)
    assert UsedKey.objects.get().at == moment(0)
    assert not done(key="b" * 32)


@pytest.mark.parametrize(
    "other",
    [
        {"text": "B"},
        {"text": ""},
        {"text": "A", "more": None},
        {"text": "A", "files": [["a.png", "0" * 64]]},
        {"verb": "take", "text": "A"},
    ],
)
def test_case_B1_V5_anything_else_is_refused(other):
    done(text="A")
    with pytest.raises(KeyReused):
        done(**other)


def test_rows_of_two_kinds_with_one_number_are_not_the_same(martins, claire):
    done(whose=martins)
    with pytest.raises(KeyReused):
        done(whose=type(claire)(pk=martins.pk))


def test_what_is_refused_afterwards_takes_the_key_back():
    @transaction.atomic
    def refused():
        done(text="A")
        raise KeyReused

    with pytest.raises(KeyReused):
        refused()
    assert not done(text="B")


def test_L12_the_first_row_of_a_request_is_found_among_others():
    rows = [Kept("a", "tea"), Kept("b", "milk")]
    assert once.first(rows, key="b", content="milk") is rows[1]
    assert once.first(rows, key="c", content="milk") is None
    assert once.first(rows, key="a", content="TEA", of=lambda row: str(row.content).upper()) is rows[0]
    for other in ("milk", "Tea", None):
        with pytest.raises(KeyReused):
            once.first(rows, key="a", content=other)


def test_the_content_of_a_request_is_the_same_for_the_same(martins):
    same = [once.content_of("give", customer=martins, buyer=BUYER, cents=1) for _ in range(2)]
    others = [once.content_of("take", customer=martins, buyer=BUYER, cents=1), once.content_of("give", cents=1)]
    assert (same[0] == same[1], len({*same, *others})) == (True, 3)
