from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carnet.catalogue import rules


def _number(label: Any, most: int) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=1, max_value=most, widget=widget)


class AdviceForm(forms.Form):
    """What somebody expects of a year."""

    questions = _number(_("Questions per year"), 500)
    minutes = _number(_("Minutes per question, roughly"), 240)
    people = _number(_("Number of people"), 500)

    def need(self) -> rules.Need:
        return rules.Need(**self.cleaned_data)
