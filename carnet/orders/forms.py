from django import forms
from django.utils.translation import gettext_lazy as _

from carnet.web.forms import KeyField, OneLineField


class SearchForm(forms.Form):
    """What orders are looked for by."""

    q = OneLineField(label=_("Reference, name or amount"), max_length=200, required=False)
    all = forms.BooleanField(required=False)


class AnnounceChequeForm(forms.Form):
    """A cheque that is on its way."""

    key = KeyField()
    cheque_number = OneLineField(label=_("Cheque number"), max_length=60, required=False)
