from django import forms
from django.utils import translation

from carnet.kernel.refused import Refused
from carnet.web import refusals


class NotEnoughOfIt(Refused):
    code = "ledger.not_enough_units"
    field = "amount"


class Unworded(Refused):
    code = "nowhere.unworded"


class Amount(forms.Form):
    amount = forms.IntegerField()


def test_sentence_holds_the_values() -> None:
    with translation.override("en"):
        assert (
            refusals.sentence(NotEnoughOfIt(wanted=3, found=1))
            == "Not enough left: 3 needed, 1 available. Nothing was taken."
        )


def test_nobody_sees_a_code() -> None:
    with translation.override("en"):
        assert refusals.sentence(Unworded()) == "This could not be done, and nothing was changed."


def test_refusal_is_told_next_to_its_field_or_at_the_top() -> None:
    form = Amount({"amount": "3"})
    assert form.is_valid()
    refusals.tell(form, NotEnoughOfIt(wanted=3, found=1))
    assert list(form.errors) == ["amount"]
    other = forms.Form({})
    assert other.is_valid()
    refusals.tell(other, NotEnoughOfIt(wanted=3, found=1))
    assert len(other.non_field_errors()) == 1
