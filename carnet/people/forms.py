"""The forms of sign-in and of people's pages: every field with a label, a hint where one helps, its autocomplete."""

from typing import Any

import phonenumbers
from allauth.account import forms as allauth
from allauth.core import context as allauth_context
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from carnet.kernel import clock, reading
from carnet.mail import actions as mail
from carnet.mail import queries as mail_queries
from carnet.people import rules
from carnet.people.actions import persons, rehearsal
from carnet.people.models import LANGUAGES, Customer, Membership, Person
from carnet.provider import queries as provider
from carnet.web import refusals, senders
from carnet.web.forms import AddressField, Cards, KeyField, OneLineField, SecretField

Words = Any  # a text, or a lazily translated one
PASSWORD_HINT = _("At least 10 characters. Three or four words are easy to remember and hard to guess.")


def name_field() -> OneLineField:
    return OneLineField(
        label=_("Your name"), help_text=_("How we should address you."), max_length=120, autocomplete="name"
    )


def code_widget() -> forms.TextInput:
    return forms.TextInput(
        attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "characters"}
    )


def reword(field: forms.Field, label: Words, hint: Words = "", **attrs: str) -> None:
    """Our words for a field of allauth's forms; a label says what a placeholder would hide while one types."""
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


KIND_HINTS = {
    "household": _("You and the people you live with."),
    "company": _("Invoices are made out to the company."),
}


class CustomerFields(forms.Form):
    """Household or company, and its name: a company has one, a household may do without."""

    kind = forms.ChoiceField(
        label=_("This account is for"),
        choices=[(Customer.Kind.HOUSEHOLD, _("a household")), (Customer.Kind.COMPANY, _("a company or association"))],
        widget=Cards(KIND_HINTS, across=True),
        initial=Customer.Kind.HOUSEHOLD,
    )
    customer_name = OneLineField(
        label=_("Name of the household or company"),
        help_text=_("Optional for a household: your own name is used if you leave it empty."),
        max_length=120,
        required=False,
        autocomplete="organization",
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("kind") == Customer.Kind.COMPANY and not self.cleaned_data.get("customer_name"):
            self.add_error("customer_name", _("Enter the company name: it appears on your invoices."))
        return cleaned


class AsksForMail(forms.Form):
    """A form that has a mail sent to a typed address, known here or not: says beforehand if too many were asked for."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        email = self.cleaned_data.get("email")
        visitor = senders.sender_of(allauth_context.request)
        if email and not self.errors and not mail_queries.may_be_asked(to=email, visitor=visitor, at=clock.now()):
            self.add_error("email", refusals.sentence(mail.TooManyMails()))
        return cleaned


class SignUpForm(CustomerFields, AsksForMail, allauth.SignupForm):
    """Who it is, for whom the account is, how they sign in."""

    field_order = ("name", "kind", "customer_name", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = name_field()
        hint = _("You sign in with it and receive our answers there. We’ll send you a code to confirm it.")
        self.fields["email"] = AddressField(label=_("E-mail address"), help_text=hint, autocomplete="username")
        reword(self.fields["password1"], _("Password"), PASSWORD_HINT)
        self.order_fields(self.field_order)

    def try_save(self, request: Any) -> Any:
        """That the address is taken is told to nobody, neither by the page nor by the time it takes."""
        if self.account_already_exists:  # type: ignore[has-type]
            rehearsal.rehearse_sign_up(**self._typed())
            return super().try_save(request)
        try:
            return super().try_save(request)
        except persons.AddressTaken:  # since the form was checked
            self.account_already_exists = True
            return super().try_save(request)

    def save(self, request: Any) -> Person:
        return persons.sign_up(**self._typed())

    def _typed(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "email": data["email"],
            "name": data["name"],
            "kind": data["kind"],
            "customer_name": data["customer_name"],
            "language": reading.language(),
            "password": data["password1"],
            "at": clock.now(),
        }


class SignInForm(allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField(label=_("E-mail address"), autocomplete="username")
        reword(self.fields["password"], _("Password"))
        self.order_fields(("login", "password"))


class RequestCodeForm(AsksForMail, allauth.RequestLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("If this address has an account, we’ll send a code to it. The code works for 15 minutes.")
        self.fields["email"] = AddressField(label=_("E-mail address"), help_text=hint, autocomplete="username")


class ResetPasswordForm(AsksForMail, allauth.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("If this address has an account, we’ll send a code to it. The code works for 15 minutes.")
        self.fields["email"] = AddressField(label=_("E-mail address"), help_text=hint, autocomplete="username")


class CodeFields(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = OneLineField(
            label=_("Code from the e-mail"), help_text=_("For example BCDF-GHJK."), max_length=40, widget=code_widget()
        )


class SignInCodeForm(CodeFields, allauth.ConfirmLoginCodeForm):
    pass


class AddressCodeForm(CodeFields, allauth.ConfirmEmailVerificationCodeForm):
    pass


class ResetCodeForm(CodeFields, allauth.ConfirmPasswordResetCodeForm):
    pass


class OnePasswordForm(forms.Form):
    """The new password is asked for once: who mistypes it has a code sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        reword(self.fields["password1"], _("New password"), PASSWORD_HINT)


class NewPasswordForm(OnePasswordForm, allauth.ResetPasswordKeyForm):
    pass


class SetPasswordForm(OnePasswordForm, allauth.SetPasswordForm):
    pass


class ChangePasswordForm(OnePasswordForm, allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["oldpassword"], _("Current password"))


class ReauthenticateForm(allauth.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self.fields["password"], _("Password"))


class NewAddressForm(AsksForMail, allauth.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("We’ll send a code there. The new address takes effect once you have entered the code.")
        self.fields["email"] = AddressField(label=_("New e-mail address"), help_text=hint)


class JoinForm(forms.Form):
    """Somebody new accepts an invitation: the address is known, the rest is asked."""

    name = name_field()
    password = SecretField(label=_("Password"), help_text=PASSWORD_HINT)

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if password := self.cleaned_data.get("password"):
            try:
                validate_password(password, Person(email=self.email, name=self.cleaned_data.get("name", "")))
            except forms.ValidationError as problem:
                self.add_error("password", problem)
        return cleaned


ROLES = [
    (Membership.Role.MEMBER, _("Member")),
    (Membership.Role.BUYER, _("Buyer")),
    (Membership.Role.HOLDER, _("Account holder")),
]
ROLE_HINTS = {
    "member": _("Asks questions and sees their own tickets."),
    "buyer": _("Sees what is left, orders and invoices; cannot ask questions."),
    "holder": _("Asks questions, sees what is left, buys, and manages people."),
}


class InviteForm(forms.Form):
    """Whom to invite, to do what, in which language to write to them (P1)."""

    email = AddressField(
        label=_("E-mail address"),
        help_text=_("The invitation works once, for this address only, and expires after 7 days."),
        autocomplete="off",
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=ROLES, widget=Cards(ROLE_HINTS, across=True), initial=Membership.Role.MEMBER
    )
    language = forms.ChoiceField(label=_("Language of the invitation"), choices=LANGUAGES)
    key = KeyField()


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, widget=Cards(ROLE_HINTS))


class ProfileForm(forms.ModelForm):
    """A preference saved from a form: nothing follows from it but how we address and show."""

    name = name_field()
    phone = OneLineField(
        label=_("Phone"),
        help_text=_("Only so that we can call you back. Include the country code for a number abroad."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    language = forms.ChoiceField(label=_("Language"), help_text=_("For your pages and our e-mails."), choices=LANGUAGES)
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=[("", _("same as this device")), ("light", _("light")), ("dark", _("dark"))],
        required=False,
    )
    notify_units = forms.BooleanField(
        label=_("E-mail me when tickets or minutes are about to expire or run low"),
        help_text=_("For account holders, and for personal packs. E-mails about your questions are always sent."),
        required=False,
    )

    class Meta:
        model = Person
        fields = ("name", "phone", "language", "theme", "notify_units")

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        if not typed:
            return ""
        number = rules.normalised_phone(typed, provider.company().country)
        if number is None:
            raise forms.ValidationError(_("This does not look like a phone number. Example: +33 1 99 00 12 34."))
        # Stored as people read it: +33 1 99 00 12 34.
        return str(phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL))


class NewCustomerForm(CustomerFields):
    """A further customer, or the first one of somebody who was a member elsewhere."""
