import importlib
import re
from pathlib import Path

from django import forms
from django.conf import settings
from django.utils import translation

from carnet.kernel.refused import Refused
from carnet.web import refusals


class NotEnoughOfIt(Refused):
    code = "ledger.not_enough_units"
    field = "amount"


class Amount(forms.Form):
    amount = forms.IntegerField()


def every_refusal() -> list[type[Refused]]:
    """All `Refused` classes of the apps, found by importing every module that declares one."""
    carnet = Path(settings.BASE_DIR, "carnet")
    for path in sorted(carnet.rglob("*.py")):
        if re.search(r"^class \w+\((\w+\.)?Refused\)", path.read_text("utf-8"), re.MULTILINE):
            importlib.import_module(".".join(path.relative_to(carnet.parent).with_suffix("").parts))
    known: list[type[Refused]] = []
    waiting = [Refused]
    while waiting:
        for one in waiting.pop().__subclasses__():
            waiting.append(one)
            if one.__module__.startswith("carnet."):
                known.append(one)
    return known


def test_every_refusal_has_its_sentence() -> None:
    codes = {one.code for one in every_refusal() if one.code}
    assert codes - set(refusals.SENTENCES) == set()


def test_no_sentence_without_a_refusal() -> None:
    codes = {one.code for one in every_refusal() if one.code}
    assert set(refusals.SENTENCES) - codes == set()


def test_sentence_holds_the_values() -> None:
    with translation.override("en"):
        assert (
            refusals.sentence(NotEnoughOfIt(wanted=3, found=1))
            == "Not enough left: 3 needed, 1 available. Nothing was taken."
        )


def test_refusal_is_told_next_to_its_field_or_at_the_top() -> None:
    form = Amount({"amount": "3"})
    assert form.is_valid()
    refusals.tell(form, NotEnoughOfIt(wanted=3, found=1))
    assert list(form.errors) == ["amount"]
    other = forms.Form({})
    assert other.is_valid()
    refusals.tell(other, NotEnoughOfIt(wanted=3, found=1))
    assert len(other.non_field_errors()) == 1
