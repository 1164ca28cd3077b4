"""The mails that people sends: invitations, and what django-allauth has to say."""

import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from carnet.kernel import keys
from carnet.mail import actions as mail
from carnet.mail.rules import Letter
from carnet.people import rules
from carnet.people.models import Invitation
from carnet.provider import queries as provider
from carnet.web import formats


def invitation(invitation: Invitation, *, secret: str, at: datetime.datetime) -> None:
    """Who invites, to what, until when, and the link that works once (P1)."""
    with translation.override(invitation.language):
        link = settings.SITE_URL + reverse("people:accept_invitation", args=[secret])
    last_day = rules.last_day(invitation.expires_at, provider.time_zone())
    letter = Letter(
        "people/invitation",
        to=invitation.email,
        language=invitation.language,
        context={
            "invited_by": rules.name_in_mail(str(invitation.invited_by)),
            "customer_name": rules.name_in_mail(invitation.customer.name),
            "link": link,
            "last_day": formats.day(last_day, invitation.language),
        },
        has_secret=True,
    )
    mail.queue_mail(letter, key=f"people/invitation:{invitation.pk}", at=at)


def account_mail(kind: str, *, to: str, language: str, context: dict[str, Any], at: datetime.datetime) -> None:
    """A mail of the sign-in pages, e.g. `login_code`. Each is meant, so each has a key of its own."""
    letter = Letter(f"people/{kind}", to=to, language=language, context=context, has_secret="code" in context)
    mail.queue_mail(letter, key=f"people/{kind}:{keys.new_key()}", at=at)
