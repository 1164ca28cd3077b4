import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carnet.home.queries.statement import Period
from carnet.ledger.models import Lot
from carnet.web.forms import OneLineField
from carnet.web.time_fields import FIRST_YEAR, DayField


class CustomerSearchForm(forms.Form):
    q = OneLineField(label=_("Name, e-mail, phone or ticket number"), required=False, max_length=200)


def year_of(year: int, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a year, as far as it has come."""
    return datetime.date(year, 1, 1), min(datetime.date(year, 12, 31), today)


def _year(text: str, today: datetime.date) -> int:
    """The year that an address names; this one if it names none that a statement can be about."""
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else today.year
    return year if FIRST_YEAR <= year <= today.year else today.year


class PeriodForm(forms.Form):
    """The period of a statement: a year, or from a day to a day; what is left out is this year up to today."""

    since = DayField(label=_("From"))
    until = DayField(label=_("Up to and including"))
    unit = forms.ChoiceField(
        label=_("Type"),
        choices=[("all", _("tickets and minutes")), (Lot.Unit.TOKEN, _("tickets")), (Lot.Unit.MINUTE, _("minutes"))],
    )

    def __init__(self, given: Any, *, today: datetime.date) -> None:
        self.today = today
        # Who names only the last day gets the year up to it.
        first, last = year_of(_year(given.get("year") or given.get("until", "")[:4], today), today)
        filled = {"since": first.isoformat(), "until": last.isoformat(), "unit": "all"}
        filled |= {name: given[name] for name in filled if given.get(name)}
        super().__init__(filled)

    def clean_until(self) -> datetime.date | None:
        until: datetime.date | None = self.cleaned_data["until"]
        if until and until > self.today:
            raise forms.ValidationError(_("Choose a period that ends today or earlier."), code="future")
        return until

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("since") and cleaned.get("until") and cleaned["since"] > cleaned["until"]:
            self.add_error(
                "since", forms.ValidationError(_("The first day must not be after the last day."), code="order")
            )
        return cleaned

    def period(self) -> Period:
        unit = self.cleaned_data["unit"]
        return Period(self.cleaned_data["since"], self.cleaned_data["until"], "" if unit == "all" else unit)


class BalanceForm(forms.Form):
    """Any date, past or to come."""

    on = DayField(label=_("Balance on"))

    def __init__(self, given: Any, *, today: datetime.date) -> None:
        self.today = today
        super().__init__({"on": given.get("on") or today.isoformat()})

    def day(self) -> datetime.date:
        """The day that was asked for; today, if that is no day."""
        return self.cleaned_data["on"] if self.is_valid() else self.today
