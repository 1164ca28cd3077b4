from django import forms
from django.utils.translation import gettext_lazy as _

from carnet.web.forms import OneLineField


class SettleDifferenceForm(forms.Form):
    """What somebody did about a difference."""

    reason = OneLineField(
        label=_("What was done"), max_length=200, help_text=_("For anyone who reads this list later.")
    )
