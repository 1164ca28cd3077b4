"""How django-allauth meets the house: persons, mails, audit and the words of its refusals are ours."""

import datetime
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context as allauth_context
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carnet.kernel import clock, reading, text
from carnet.mail import actions as mail
from carnet.people import mails, queries
from carnet.people.actions import persons
from carnet.people.models import Person
from carnet.web import senders

# What anyone can have sent to any address by typing it. The other mails tell of something done in an account.
ASKED_FOR = {
    "account_already_exists",
    "email_confirmation",
    "email_confirmation_signup",
    "login_code",
    "password_reset_code",
    "unknown_account",
}
# What the page says when one of them was sent, or would have been if the address were known.
SAID_SENT = {"account/messages/login_code_sent.txt", "account/messages/email_confirmation_sent.txt"}


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
        """Everything leaves by the outbox, in the language of the person, or of the page if nobody has this address.

        Only who confirmed the address is called by name: before that somebody else may have typed both. Refuses
        `TooManyMails` of those that anyone can ask for.
        """
        person = Person.objects.filter(email=text.address(email)).first()
        plain = {name: value for name, value in context.items() if isinstance(value, str)}
        kind, at = template_prefix.rpartition("/")[2], clock.now()
        is_theirs = person is not None and queries.has_proved_address(person)
        with transaction.atomic():
            if kind in ASKED_FOR:
                self._count(email, at)
            mails.account_mail(
                kind,
                to=email,
                language=person.language if person else reading.language(),
                context={**plain, "name": person.first_name if person and is_theirs else ""},
                at=at,
            )

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """A code «once more» for an address that is not known sends nothing. The page says the same, so it also counts
        the same and takes the same time: a mail is written, and taken back.
        """
        if message_template in SAID_SENT and not getattr(request, "mail_was_asked_for", False):
            email, at = (message_context or {})["email"], clock.now()
            self._count(email, at)
            with transaction.atomic():
                context = {"code": "", "name": ""}
                mails.account_mail("login_code", to=email, language=reading.language(), context=context, at=at)
                transaction.set_rollback(True)
        super().add_message(request, level, message_template, message_context, **more)

    def _count(self, email: str, at: datetime.datetime) -> None:
        request = allauth_context.request
        request.mail_was_asked_for = True
        with transaction.atomic():
            mail.count_asked(to=email, visitor=senders.sender_of(request), at=at)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whom the limits on sign-in count: the visitor, not the proxy; with IPv6 the network, of which each household
        has 2^64 addresses.
        """
        return senders.sender_of(request)

    def pre_login(self, request: HttpRequest, user: Any, **hints: Any) -> HttpResponse | None:
        """A first sign-in by code proves the address, but not who chose the password of the sign-up."""
        response = super().pre_login(request, user, **hints)
        methods = [record["method"] for record in get_authentication_records(request, user)]
        if response is None and methods[-1:] == ["code"]:
            persons.doubt_password(user, at=clock.now())
        return response

    def post_login(self, request: HttpRequest, user: Any, **hints: Any) -> HttpResponse:
        methods = [record["method"] for record in get_authentication_records(request, user)]
        persons.sign_in(user, methods=methods, at=clock.now())
        return super().post_login(request, user, **hints)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            persons.note_address(email_address.user, at=clock.now())
        return confirmed

    def set_password(self, user: Any, password: str) -> None:
        persons.change_password(user, password=password, by=user.as_actor(), at=clock.now())
