import re
from typing import Any

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from carnet.people.models import Customer
from carnet.tickets.forms.fields import AttachmentsField, FormWithFiles, LongTextField, OneLineField, subject_field
from carnet.web.forms import Cards, CriticalityField, KeyField

# When a contact form was shown, signed: what is sent within three seconds was typed by no hand.
_SHOWN = Signer(salt="tickets.contact_form")
TYPED_BY_HAND_SECONDS = 3
MOST_LINKS = 2
LINK = re.compile(r"https?://|www\.|\[url", re.IGNORECASE)


class FirstQuestionForm(FormWithFiles):
    """The trial in one form: the question, and who asks it."""

    key = KeyField()
    subject = subject_field()
    text = LongTextField(
        label=_("Your question"),
        rows=8,
        help_text=_("What is happening, since when, and on which device? Up to 50,000 characters."),
    )
    criticality = CriticalityField()
    files = AttachmentsField()  # type: ignore[assignment]
    name = OneLineField(label=_("Your name"), max_length=120, autocomplete="name")
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We’ll send you a link to confirm it. No payment details needed."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
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


# What pays for a ticket, as a form sends it: the means, and what may follow the free minutes (F2).


class ConfirmForm(forms.Form):
    key = KeyField()


class ContactForm(forms.Form):
    """Anyone's message to us. Spam is held back without puzzles: see `is_suspect`."""

    key = KeyField()
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    name = OneLineField(label=_("Your name"), max_length=120, autocomplete="name")
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We reply to this address and use it for nothing else."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    subject = OneLineField(label=_("Subject"), max_length=200)
    text = LongTextField(label=_("Your message"), rows=8)
    # A field that people don't see, and that programs fill in.
    website = forms.CharField(
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


def shown_mark(now_seconds: int) -> str:
    """What a contact form carries to say when it was shown."""
    return _SHOWN.sign(str(now_seconds))


def shown_at(mark: str) -> int | None:
    """The seconds of a mark that we signed; None of any other."""
    try:
        return int(_SHOWN.unsign(mark))
    except (BadSignature, ValueError):
        return None
