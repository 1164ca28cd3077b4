"""The mails of operations; whether to send is the action's to decide."""

import datetime

from django.conf import settings
from django.urls import reverse

from carnet.kernel import calendar
from carnet.mail import actions as mail
from carnet.operations.models import VerificationRun
from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.web import formats

FAULTS_TOLD = 5


def faults_found(run: VerificationRun, owner: Person, *, at: datetime.datetime) -> None:
    """How many records don't agree, the first of them, and what to do."""
    mail.queue_mail(
        kind="operations/faults_found",
        key=f"verification:{run.pk}:{owner.pk}",
        to=owner.email,
        language=owner.language,
        context={
            "person": owner,
            "run": run,
            "faults": run.faults[:FAULTS_TOLD],
            "url": settings.SITE_URL + reverse("desk:operations:verification"),
            "contact_url": "",  # owners don't write to themselves
        },
        at=at,
    )


def account_inactive(person: Person, *, ends_at: datetime.datetime, at: datetime.datetime) -> None:
    """Nobody has used this account for three years: it is emptied then, unless its person signs in."""
    ends_on = calendar.date_on(ends_at, provider.time_zone())
    mail.queue_mail(
        kind="operations/account_inactive",
        key=f"account_inactive:{person.pk}:{ends_on:%Y%m%d}",
        to=person.email,
        language=person.language,
        context={
            "person": person,
            "day": formats.day(ends_on, person.language),
            "url": settings.SITE_URL + reverse(settings.LOGIN_REDIRECT_URL),
        },
        at=at,
    )
