from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carnet.tickets.forms.fields import AttachmentsField, FormWithFiles, LongTextField, QuestionForm
from carnet.web.forms import Cards, KeyField, RatingField, TextField, WholeNumberField
from carnet.work.models import Cover
from carnet.work.rules.ways_to_pay import Chosen

WAYS: dict[str, Chosen] = {
    "trial": Chosen(Cover.Means.TRIAL),
    "trial_then_tokens": Chosen(Cover.Means.TRIAL, Cover.Means.TOKENS),
    "trial_then_minutes": Chosen(Cover.Means.TRIAL, Cover.Means.MINUTES),
    "tokens": Chosen(Cover.Means.TOKENS),
    "minutes": Chosen(Cover.Means.MINUTES),
    "none": Chosen(Cover.Means.NONE),
}
# T4, H4: where a ticket may stop, as it is offered: tokens, and minutes.
STEPS: dict[str, tuple[int, ...]] = {
    Cover.Means.TOKENS: (1, 2, 3, 4, 5, 10),
    Cover.Means.MINUTES: (30, 45, 60, 90, 120, 180, 240, 480),
}


class StopField(forms.TypedChoiceField):
    """T4, H4: «stop at N»: how much a ticket may take without asking again. Any number that the rules allow is taken,
    and the steps are offered.
    """

    def __init__(self, means: str, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, required=False, **kwargs)
        self.means = means
        self.offer(STEPS[means])

    def offer(self, steps: Iterable[int], *, or_none: bool = False) -> None:
        """Show these steps, and «none» if nothing of the kind may be taken so far."""
        one = _("%(number)s ticket") if self.means == Cover.Means.TOKENS else _("%(number)s minute")
        many = _("%(number)s tickets") if self.means == Cover.Means.TOKENS else _("%(number)s minutes")
        choices = [(str(step), (one if step == 1 else many) % {"number": step}) for step in sorted(set(steps))]
        self.choices = [("", _("none")), *choices] if or_none else choices

    def valid_value(self, value: Any) -> bool:
        return str(value).isdecimal() and len(str(value)) < 6


def _offer_stops(form: forms.Form, ceilings: dict[str, int]) -> None:
    """Show where to stop for the kinds of units that may pay, each at its ceiling (0: none of it is taken so far)."""
    for means, steps in STEPS.items():
        if means not in ceilings:
            del form.fields[f"stop_{means}"]
            continue
        stop, now = form.fields[f"stop_{means}"], ceilings[means]
        assert isinstance(stop, StopField)
        stop.offer((*steps, now) if now else steps, or_none=not now)
        stop.initial = str(now or "")


class WayField(forms.ChoiceField):
    """One of the ways that were shown. It may be used up by the time the form arrives: then the question waits, and its
    person is told (L10, T15).
    """

    def valid_value(self, value: Any) -> bool:
        return value in WAYS


class OpenTicketForm(QuestionForm):
    """A question of somebody who has an account, and what pays for it."""

    way = WayField(label=_("How to pay for this question"))
    stop_tokens = StopField(
        Cover.Means.TOKENS,
        label=_("Limit in tickets"),
        help_text=_("We never use another ticket without your consent."),
    )
    stop_minutes = StopField(
        Cover.Means.MINUTES,
        label=_("Limit in minutes"),
        help_text=_("We never go beyond this without your consent."),
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        chosen = WAYS.get(typed.get("way", ""))
        if chosen:
            typed["chosen"] = replace(chosen, ceiling=typed.get(f"stop_{chosen.unit_means}"))
        return typed

    def offer(self, ways: list[tuple[str, Any, Any]], ceilings: dict[str, int]) -> None:
        """Show these ways to pay, the first one proposed (F2, H5, S9), and for the units among them where to stop."""
        _offer_stops(self, ceilings)
        way = self.fields["way"]
        assert isinstance(way, WayField)
        if len(ways) > 1:
            way.widget = Cards({value: hint for value, _label, hint in ways})
        else:
            way.widget = forms.HiddenInput()
        way.choices = [(value, label) for value, label, _hint in ways]
        way.initial = ways[0][0]


class AgreeForm(forms.Form):
    """Consent to more (T4, H4), as the button that was pressed carries it: up to how many, of which units."""

    means = forms.ChoiceField(choices=[(means, means) for means in STEPS])
    ceiling = WholeNumberField(min_value=1, max_value=10_000)


class StopAtForm(forms.Form):
    """«Stop at N tickets», «at N minutes», said anew."""

    stop_tokens = StopField(
        Cover.Means.TOKENS, label=_("Tickets"), help_text=_("We never use another ticket without your consent.")
    )
    stop_minutes = StopField(
        Cover.Means.MINUTES, label=_("Minutes"), help_text=_("We never go beyond this without your consent.")
    )

    def offer(self, ceilings: dict[str, int]) -> None:
        """Show the units that may pay, each with where it stops now (0: none of it is taken)."""
        _offer_stops(self, ceilings)


class MessageForm(FormWithFiles):
    key = KeyField()
    text = LongTextField(label=_("Your message"), rows=5)
    files = AttachmentsField()  # type: ignore[assignment]


class UnsolvedForm(FormWithFiles):
    key = KeyField()
    text = LongTextField(label=_("What is still wrong?"), rows=4, required=False)
    files = AttachmentsField()  # type: ignore[assignment]


class RatingForm(forms.Form):
    score = RatingField()
    comment = TextField(
        label=_("Comment"), required=False, max_length=2000, rows=3, help_text=_("Up to 2,000 characters.")
    )
    may_publish = forms.BooleanField(
        label=_("You may publish my comment without my name."),
        help_text=_("Otherwise only our team sees it."),
        required=False,
    )
