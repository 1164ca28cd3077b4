import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.tickets.forms.fields import (
    AttachmentsField,
    FormWithFiles,
    LengthField,
    LongTextField,
    OneLineField,
)
from carnet.tickets.models import Closure, Criticality, WorkSession
from carnet.web.forms import KeyField


class AnswerForm(FormWithFiles):
    """What an agent writes; the button that sends it says what becomes of the ticket."""

    WAYS = ("asks", "should_solve", "goes_on", "note")

    key = KeyField()
    text = LongTextField(label=_("Answer"), rows=7, limit_told=False)
    files = AttachmentsField()  # type: ignore[assignment]
    way = forms.ChoiceField(choices=[(way, way) for way in WAYS], required=False)


WORK_KINDS = [
    (WorkSession.Kind.CHARGEABLE, _("Work on the question")),
    (WorkSession.Kind.READING, _("Catching up, free of charge")),
    (WorkSession.Kind.TRAINING, _("Training, free of charge")),
    (WorkSession.Kind.REPAIR, _("Fixing our own mistake, free of charge")),
]


class StopWorkForm(forms.Form):
    reason = OneLineField(label=_("What did you do?"), help_text=_("The customer will see this."), max_length=200)
    kind = forms.ChoiceField(
        label=_("Type of work"),
        choices=WORK_KINDS,
        initial=WorkSession.Kind.CHARGEABLE,
    )


class StopIdleForm(StopWorkForm):
    """T17: the clock stopped at the last sign of life; what was worked after it comes with the same reason."""

    worked_on = forms.BooleanField(
        label=_("I kept working until now"),
        help_text=_("Otherwise only the time until your last activity counts."),
        required=False,
    )


class CorrectSessionForm(forms.Form):
    """T14: what a worked stretch really was."""

    seconds = LengthField(
        label=_("Actual time"), help_text=_("Minutes and seconds, like 12:30; 0:00 if no work was done.")
    )
    kind = forms.ChoiceField(label=_("Type of work"), choices=WORK_KINDS)
    why = OneLineField(label=_("Reason for the correction"), help_text=_("The customer will see this."), max_length=200)


class RecordTimeForm(forms.Form):
    """T14, T17: work for which no clock ran, by who writes it down."""

    started_at = forms.DateTimeField(
        label=_("Started at"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Choose a date and time.")},
    )
    seconds = LengthField(label=_("Time worked"), help_text=_("Whole minutes, or minutes and seconds like 12:30."))
    kind = forms.ChoiceField(label=_("Type of work"), choices=WORK_KINDS)
    reason = OneLineField(label=_("What did you do?"), help_text=_("The customer will see this."), max_length=200)

    def clean_started_at(self) -> datetime.datetime:
        """Typed on the provider's clock (Django's own zone is UTC)."""
        typed: datetime.datetime = self.cleaned_data["started_at"]
        return typed.replace(tzinfo=provider.time_zone())


class SplitTicketForm(forms.Form):
    key = KeyField()
    subject = OneLineField(label=_("Subject of the new ticket"), max_length=200)
    text = LongTextField(
        label=_("Description"), rows=5, required=False, help_text=_("The customer will see this in the new ticket.")
    )


class MergeTicketsForm(forms.Form):
    number = forms.IntegerField(
        label=_("Merge into ticket number"), min_value=1, max_value=2**53, help_text=_("A ticket of the same customer.")
    )


CRITICALITIES = [
    (Criticality.BLOCKED, _("Blocked")),
    (Criticality.HINDERED, _("Slowed down")),
    (Criticality.QUESTION, _("Just a question")),
]


class CriticalityForm(forms.Form):
    criticality = forms.ChoiceField(label=_("Urgency"), choices=CRITICALITIES)


class AssignForm(forms.Form):
    agent = forms.ModelChoiceField(
        label=_("Agent"), queryset=Person.objects.none(), required=False, empty_label=_("Nobody")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agent = self.fields["agent"]
        assert isinstance(agent, forms.ModelChoiceField)
        agent.queryset = Person.objects.exclude(staff="").filter(is_active=True).order_by("name", "pk")


class CloseTicketForm(forms.Form):
    """How the team closes a ticket (T9)."""

    how = forms.ChoiceField(
        label=_("Close as"),
        choices=[
            (Closure.How.CANCELLED, _("Cancelled by the customer")),
            (Closure.How.OUT_OF_SCOPE, _("Out of scope")),
            (Closure.How.UNSOLVABLE, _("Can’t be solved")),
            (Closure.How.DUPLICATE, _("Duplicate")),
            (Closure.How.SPAM, _("Spam")),
        ],
    )
    waived = forms.BooleanField(
        label=_("Charge nothing"),
        help_text=_("For a problem that can’t be solved; give the reason below."),
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Saved as a note for the team."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
