from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carnet.web.forms import OneLineField, name_for_browsers
from carnet.web.time_fields import DayField


class RecordSentForm(forms.Form):
    """When the money was sent, and how; `shown_iban` is the account that the page showed."""

    shown_iban = OneLineField(max_length=34, required=False, widget=forms.HiddenInput())
    sent_on = DayField(label=_("Sent on"))
    means = forms.ChoiceField(
        label=_("Method"), choices=[("transfer", _("Bank transfer")), ("cheque", _("Cheque"))], widget=forms.RadioSelect
    )

    def show(self, iban: str) -> None:
        """The page shows this account from now on."""
        self.data = {name: self.data.get(name) for name in self.data} | {"shown_iban": iban}


class AccountForm(forms.Form):
    """Where money goes by transfer."""

    holder = OneLineField(label=_("Account name"), max_length=70)
    iban = OneLineField(label="IBAN", max_length=50)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_for_browsers(self, {"holder": "name", "iban": "off"})

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error("holder" if field == "account_holder" else field, error)
