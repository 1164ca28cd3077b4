import pytest
from django.db import transaction

from carnet.kernel import once
from carnet.kernel.models import UsedKey
from carnet.kernel.refused import KeyReused
from carnet.orders.rules import Buyer
from tests.factories.tickets import moment

pytestmark = pytest.mark.django_db
BUYER = Buyer("Claire", "claire@example.org")


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
