import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from carnet.ledger.actions.lots import Goodwill
from carnet.ledger.models import Lot
from carnet.ledger.queries import Share
from carnet.people.models import Customer, Membership, Person
from carnet.web.forms import KeyField, TextField, WholeNumberField
from carnet.web.time_fields import DayField

MOST_UNITS = 50
MOST_DAYS = 3 * 366


class GrantGoodwillForm(forms.Form):
    """Free units for a customer: how many, until when, why, and for whom (L8, L9)."""

    key = KeyField()
    # Minutes are given once tickets can be paid by them (H); until then nobody could use them.
    unit = forms.ChoiceField(choices=[(Lot.Unit.TOKEN, _("tickets"))], initial=Lot.Unit.TOKEN, widget=forms.HiddenInput)
    quantity = WholeNumberField(
        label=_("Number of tickets"),
        min_value=1,
        max_value=MOST_UNITS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    last_day = DayField(
        label=_("Last day"),
        help_text=_("They can be used up to and including this day; anything left then expires."),
    )
    reason = TextField(
        label=_("Reason"), help_text=_("The customer sees this in the statement."), max_length=500, rows=3
    )
    person = forms.ModelChoiceField(
        label=_("For"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("everyone in the account (shared)"),
    )

    def __init__(self, *args: Any, customer: Customer, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        roles = (Membership.Role.HOLDER, Membership.Role.MEMBER)
        members = Membership.objects.active().filter(customer=customer, role__in=roles)
        person = self.fields["person"]
        assert isinstance(person, forms.ModelChoiceField)
        person.queryset = Person.objects.filter(pk__in=members.values("person")).order_by("name", "pk")

    def clean_last_day(self) -> datetime.date:
        last_day: datetime.date = self.cleaned_data["last_day"]
        if last_day > self.today + datetime.timedelta(days=MOST_DAYS):
            raise forms.ValidationError(_("That is too far ahead: three years from today at most."), code="too_far")
        return last_day

    def goodwill(self) -> Goodwill:
        """What is to be given."""
        return Goodwill(**{name: value for name, value in self.cleaned_data.items() if name != "key"})


LIMITS = [("all", _("no limit")), ("some", _("at most")), ("none", _("nothing"))]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member, and the two fields that say how much they may draw."""

    share: Share
    limit: forms.BoundField
    units: forms.BoundField


class SetAllowancesForm(forms.Form):
    """How much each member may draw from a shared lot: no limit, so many at most, or nothing (L9)."""

    def __init__(self, *args: Any, lot: Lot, shares: Iterable[Share], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lot = lot
        self.members = [share for share in shares if not share.membership.is_holder]
        for share in self.members:
            name, number = str(share.membership.person), share.membership.person_id
            self.fields[f"limit_{number}"] = forms.ChoiceField(
                label=gettext("%(name)s can use") % {"name": name},
                choices=LIMITS,
                initial={None: "all", 0: "none"}.get(share.limit, "some"),
            )
            self.fields[f"units_{number}"] = WholeNumberField(
                label=gettext("Limit for %(name)s") % {"name": name},
                required=False,
                min_value=1,
                max_value=lot.quantity,
                initial=share.limit or None,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    @property
    def rows(self) -> list[MemberRow]:
        numbers = [(share, share.membership.person_id) for share in self.members]
        return [MemberRow(share, self[f"limit_{number}"], self[f"units_{number}"]) for share, number in numbers]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for row in self.rows:
            limit, units = self.cleaned_data.get(row.limit.name), self.cleaned_data.get(row.units.name)
            if row.units.errors or limit is None:
                continue
            if limit == "some" and units is None:
                self.add_error(row.units.name, gettext("Enter a limit."))
            elif limit != "some" and units is not None and units != row.units.initial:
                # Left out in silence, the number would seem to count.
                words = gettext("A number counts only with “at most”. Choose “at most” or clear the number.")
                self.add_error(row.units.name, words)
        return cleaned

    def allowances(self) -> dict[Person, int | None]:
        """What was chosen for each member: None without limit, 0 for nothing."""
        chosen: dict[Person, int | None] = {}
        for row in self.rows:
            units = {"all": None, "none": 0}.get(self.cleaned_data[row.limit.name], self.cleaned_data[row.units.name])
            chosen[row.share.membership.person] = units
        return chosen
