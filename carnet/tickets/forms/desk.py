from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carnet.people.models import Customer, Person
from carnet.tickets.forms.fields import AttachmentsField, FormWithFiles, LongTextField
from carnet.tickets.models import Closure, Criticality
from carnet.web.forms import KeyField, OneLineField, TextField, WholeNumberField
from carnet.web.time_fields import DurationField, MomentField, TimesForm
from carnet.work.models import WorkSession


class AnswerForm(FormWithFiles):
    """What an agent writes; the button that sends it says what becomes of the ticket."""

    WAYS = ("asks", "should_solve", "goes_on", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Beside it the form that stops the clock has a field of this name.
        self.fields["reason"].widget.attrs["id"] = "id_answer_reason"

    key = KeyField()
    text = LongTextField(label=_("Answer"), rows=7, limit_told=False)
    files = AttachmentsField()  # type: ignore[assignment]
    # T13: what a clock was for that stops with the answer; shown while one of the agent's is on the ticket.
    reason = OneLineField(
        label=_("What you did: needed for a proposed solution"), help_text=_("The customer will see this."),
        max_length=200, required=False,
    )  # fmt: skip
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


class CorrectSessionForm(TimesForm):
    """T14: what a worked stretch really was."""

    seconds = DurationField(
        label=_("Actual time"), help_text=_("Like 12 min 30 s or 1 h 30; 0 min if it was never worked.")
    )
    kind = forms.ChoiceField(label=_("Type of work"), choices=WORK_KINDS)
    why = OneLineField(label=_("Reason for the correction"), help_text=_("The customer will see this."), max_length=200)


class RecordTimeForm(TimesForm):
    """T14, T17: work for which no clock ran, by who writes it down."""

    started_at = MomentField(label=_("Started at"))
    seconds = DurationField(label=_("Time worked"))
    kind = forms.ChoiceField(label=_("Type of work"), choices=WORK_KINDS)
    reason = OneLineField(label=_("What did you do?"), help_text=_("The customer will see this."), max_length=200)


class SplitTicketForm(forms.Form):
    key = KeyField()
    subject = OneLineField(label=_("Subject of the new ticket"), max_length=200)
    text = LongTextField(
        label=_("Description"), rows=5, required=False, help_text=_("The customer will see this in the new ticket.")
    )


class MergeTicketsForm(forms.Form):
    number = WholeNumberField(
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
    reason = TextField(label=_("Reason"), help_text=_("Saved as a note for the team."), max_length=2000, rows=2)


class ContactReplyForm(forms.Form):
    key = KeyField()
    text = LongTextField(label=_("Text of your answer"), rows=7, limit_told=False)


class OpenTicketForSenderForm(forms.Form):
    """For whom somebody known asks, and how urgent it is."""

    customer = forms.ModelChoiceField(label=_("Customer"), queryset=Customer.objects.none(), empty_label=None)
    criticality = forms.ChoiceField(label=_("Urgency"), choices=CRITICALITIES, initial=Criticality.QUESTION)

    def __init__(self, *args: Any, customers: list[Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        customer = self.fields["customer"]
        assert isinstance(customer, forms.ModelChoiceField)
        customer.queryset = Customer.objects.filter(pk__in=[one.pk for one in customers]).order_by("name", "pk")


class CustomerForSenderForm(forms.Form):
    """Whose account a sender gets that we don't know yet."""

    kind = forms.ChoiceField(
        label=_("Type"), choices=[(Customer.Kind.HOUSEHOLD, _("household")), (Customer.Kind.COMPANY, _("company"))]
    )
    customer_name = OneLineField(
        label=_("Company name"),
        help_text=_("Only for a company or association."),
        required=False,
        max_length=120,
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("kind") == Customer.Kind.COMPANY and not typed.get("customer_name"):
            self.add_error("customer_name", _("Please enter the name of the company or association."))
        return typed


class SendLinkForm(CustomerForSenderForm):
    """The same for a question that becomes their first ticket."""

    criticality = forms.ChoiceField(label=_("Urgency"), choices=CRITICALITIES, initial=Criticality.QUESTION)
