from django import forms
from django.utils.translation import gettext_lazy as _

from carnet.web.forms import OneLineField


class SearchForm(forms.Form):
    """What orders are looked for by."""

    q = OneLineField(label=_("Reference, name or amount"), max_length=200, required=False)
    all = forms.BooleanField(required=False)
