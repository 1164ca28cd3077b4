from django import forms
from django.utils.translation import gettext_lazy as _

from carnet.web.forms import KeyField, OneLineField

STEPS = [
    (5 * 60, _("5 minutes")),
    (15 * 60, _("15 minutes")),
    (60 * 60, _("1 hour")),
    (24 * 60 * 60, _("1 day")),
    (4 * 24 * 60 * 60, _("4 days")),
    (30 * 24 * 60 * 60, _("30 days")),
]


class ClockForm(forms.Form):
    key = KeyField()
    seconds = forms.TypedChoiceField(label=_("Put the clock forward by"), choices=STEPS, coerce=int)


class OutboxFilterForm(forms.Form):
    to = OneLineField(label=_("Recipient"), required=False, max_length=254)
