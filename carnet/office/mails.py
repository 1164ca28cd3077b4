"""The mails of office; whether to send is the action's to decide."""

import datetime

from django.conf import settings
from django.urls import reverse

from carnet.kernel import calendar
from carnet.mail import actions as mail
from carnet.mail.rules import Letter
from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.web import formats


def account_inactive(person: Person, *, ends_at: datetime.datetime, at: datetime.datetime) -> None:
    """Nobody has used this account for three years: it is emptied then, unless its person signs in."""
    ends_on = calendar.date_on(ends_at, provider.time_zone())
    letter = Letter(
        "office/account_inactive",
        to=person.email,
        language=person.language,
        context={
            "person": person,
            "day": formats.day(ends_on, person.language),
            "url": settings.SITE_URL + reverse(settings.LOGIN_REDIRECT_URL),
        },
    )
    mail.queue_mail(letter, key=f"account_inactive:{person.pk}:{ends_on:%Y%m%d}", at=at)
