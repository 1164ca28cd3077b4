"""The mails about units that end or run low; whether to send is the action's to decide."""

import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from carnet.ledger import shown
from carnet.ledger.models import Lot
from carnet.ledger.queries import Ending, Low
from carnet.mail import actions as mail
from carnet.mail.rules import Letter
from carnet.provider import queries as provider
from carnet.web import formats


def units_ending(ending: Ending, *, key: str, at: datetime.datetime) -> None:
    """What ends when, whether it falls asleep or lapses, and how bought units are kept (L4–L6)."""
    language = ending.person.language
    lots = [lot for lot, _days in ending.lots]
    with translation.override(language):
        lines = [
            {
                "left": left(lot.available, lot.unit, language),
                "last_day": _day(lot, language),
                "words": shown.ending(lot, left(lot.available, lot.unit, language), _day(lot, language)),
            }
            for lot in lots
        ]
    letter = Letter(
        "ledger/units_ending",
        to=ending.person.email,
        language=language,
        context={
            "person": ending.person,
            "customer": ending.customer,
            "lots": lines,
            "is_bought": any(lot.origin == Lot.Origin.PURCHASED for lot in lots),
            "is_given": any(lot.origin != Lot.Origin.PURCHASED for lot in lots),
            **provider.settings_for("revive_by", "early_renewal"),
            "url": settings.SITE_URL + reverse("my:home:overview"),
            "profile_url": settings.SITE_URL + reverse("my:people:profile"),
        },
    )
    mail.queue_mail(letter, key=key, at=at)


def units_low(low: Low, *, key: str, at: datetime.datetime) -> None:
    """How little is left, and where there is more."""
    language = low.person.language
    with translation.override(language):
        offers = settings.SITE_URL + reverse("catalogue:offers")
        words = shown.low(low.customer.name, low.unit, low.left, left(low.left, low.unit, language))
    letter = Letter(
        "ledger/units_low",
        to=low.person.email,
        language=language,
        context={
            "person": low.person,
            "customer": low.customer,
            "low": words,
            "count": low.left,
            "url": offers,
            "profile_url": settings.SITE_URL + reverse("my:people:profile"),
        },
    )
    mail.queue_mail(letter, key=key, at=at)


def left(count: int, unit: str, language: str) -> str:
    """7 tickets; 3 h 37 of minutes."""
    if unit == Lot.Unit.MINUTE:
        return formats.duration(count * 60, language)
    return formats.units(count, unit, language)


def _day(lot: Lot, language: str) -> str:
    assert lot.last_day is not None, "what ends has a last day"
    return formats.day(lot.last_day, language)
