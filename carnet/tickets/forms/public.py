import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carnet.people.models import Customer
from carnet.tickets.forms.fields import LongTextField, QuestionForm
from carnet.tickets.forms.form_marks import TYPED_BY_HAND_SECONDS, MarkedForm, shown_at
from carnet.web.forms import AddressField, Cards, IbanField, KeyField, OneLineField

MOST_LINKS = 2
LINK = re.compile(r"https?://|www\.|\[url", re.IGNORECASE)


class FirstQuestionForm(QuestionForm, MarkedForm):
    """The trial in one form: the question, and who asks it."""

    name = OneLineField(label=_("Your name"), max_length=120, autocomplete="name")
    email = AddressField(
        label=_("Your e-mail address"),
        help_text=_("We’ll send you a link to confirm it. No payment details needed."),
    )
    customer_kind = forms.ChoiceField(
        label=_("Who is it for?"),
        choices=[
            (Customer.Kind.HOUSEHOLD, _("Your household")),
            (Customer.Kind.COMPANY, _("A company or association")),
        ],
        initial=Customer.Kind.HOUSEHOLD,
        widget=Cards(across=True),
    )
    customer_name = OneLineField(
        label=_("Company name"),
        help_text=_("Only for a company or association."),
        required=False,
        max_length=120,
        autocomplete="organization",
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("customer_kind") == Customer.Kind.COMPANY and not typed.get("customer_name"):
            self.add_error("customer_name", _("Please enter the name of the company or association."))
        return typed


class ConfirmForm(forms.Form):
    key = KeyField()


class ContactForm(MarkedForm):
    """Anyone's message to us. Spam is held back without puzzles: see `is_suspect`."""

    needs_mark = False  # without one it is suspect
    key = KeyField()
    name = OneLineField(label=_("Your name"), max_length=120, autocomplete="name")
    email = AddressField(
        label=_("Your e-mail address"), help_text=_("We reply to this address and use it for nothing else.")
    )
    subject = OneLineField(label=_("Subject"), max_length=200)
    text = LongTextField(label=_("Your message"), rows=8)
    # A field that people don't see, and that programs fill in.
    website = OneLineField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def is_suspect(self, now_seconds: int) -> bool:
        """Whether it looks like spam: the hidden field filled in, sent too quickly or without having been shown, many
        links.
        """
        if self.cleaned_data["website"]:
            return True
        shown = shown_at(self.cleaned_data["shown"])
        if shown is None or now_seconds - shown < TYPED_BY_HAND_SECONDS:
            return True
        return len(LINK.findall(f"{self.cleaned_data['subject']} {self.cleaned_data['text']}")) > MOST_LINKS


class NoticeForm(forms.Form):
    """That somebody withdraws from a contract, or ends it: who, which one, and where the receipt goes. Nothing in it is
    judged as spam.
    """

    key = KeyField()
    name = OneLineField(label=_("Your name"), max_length=120, autocomplete="name")
    contract = OneLineField(
        label=_("Which contract?"),
        help_text=_("The reference of the order, or what you ordered and when."),
        max_length=200,
    )
    email = AddressField(label=_("Your e-mail address"), help_text=_("The receipt is sent to this address at once."))
    text = LongTextField(
        label=_("Anything to add?"), rows=4, required=False, limit_told=False,
        help_text=_("Not needed: you don’t have to give a reason."),
    )  # fmt: skip


class WithdrawalForm(NoticeForm):
    """The same of a withdrawal, with how the money shall come; the page that checks it carries the first fields along
    unseen.
    """

    way = forms.ChoiceField(
        label=_("How would you like to be paid back?"),
        choices=[("same", _("The way you paid")), ("credit", _("As credit for later purchases"))],
        initial="same", required=False, widget=Cards(across=True),
    )  # fmt: skip
    account_holder = OneLineField(label=_("Account name"), max_length=70, required=False, autocomplete="name")
    iban = IbanField(label=_("IBAN"), required=False)
    CARRIED = ("name", "contract", "email", "text")

    def unseen(self) -> "WithdrawalForm":
        """Ready for the page that checks it."""
        for name in self.CARRIED:
            self.fields[name].widget = forms.HiddenInput()
        # Not asked on the page before: the way that the law foresees is chosen, until somebody says otherwise.
        self.fields["way"].required = True
        self.data = {name: self.data.get(name) for name in self.data} | {"way": self.data.get("way") or "same"}
        return self

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("iban") and not typed.get("account_holder"):
            self.add_error("account_holder", _("Whose account is it? Write the name as the bank has it."))
        return typed
