"""How django-allauth meets the house: persons, mails, audit and the words of its refusals are ours."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from carnet.kernel import clock
from carnet.people import actions, mails
from carnet.people.models import Person


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This address and password don’t match. Check both, or have a code sent to you instead."
        ),
        "email_taken": _("This address already has an account here. Sign in with it, or use another one."),
        "duplicate_email": _("This is already your address. Enter the new one."),
        "same_as_current": _("This is already your address. Enter the new one."),
        "enter_current_password": _("This is not your current password. Please try again."),
        "incorrect_password": _("Wrong password. Please try again."),
        "incorrect_code": _("This code is not correct. Check the latest e-mail we sent you and enter the code again."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "rate_limited": _("That was quick. Wait a moment, then try again."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Everything leaves by the outbox, in the language of the person, or of the page if nobody has this address."""
        person = Person.objects.filter(email=email.lower()).first()
        plain = {name: value for name, value in context.items() if isinstance(value, str)}
        mails.account_mail(
            template_prefix.rpartition("/")[2],
            to=email,
            language=person.language if person else get_language() or "fr",
            context={**plain, "name": person.first_name if person else ""},
            at=clock.now(),
        )

    def pre_login(self, request: HttpRequest, user: Any, **hints: Any) -> HttpResponse | None:
        """A first sign-in by code proves the address, but not who chose the password of the sign-up."""
        response = super().pre_login(request, user, **hints)
        methods = [record["method"] for record in get_authentication_records(request, user)]
        if response is None and methods[-1:] == ["code"]:
            actions.doubt_password(user, at=clock.now())
        return response

    def post_login(self, request: HttpRequest, user: Any, **hints: Any) -> HttpResponse:
        methods = [record["method"] for record in get_authentication_records(request, user)]
        actions.sign_in(user, methods=methods, at=clock.now())
        return super().post_login(request, user, **hints)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            actions.note_address(email_address.user, at=clock.now())
        return confirmed

    def set_password(self, user: Any, password: str) -> None:
        actions.change_password(user, password=password, by=user.as_actor(), at=clock.now())
