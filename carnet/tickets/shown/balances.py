"""What a customer has, pack by pack, in a few words each: beside a ticket at the desk."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _

from carnet.kernel import calendar, reading
from carnet.ledger import queries as ledger
from carnet.ledger import rules
from carnet.ledger.models import Lot
from carnet.people.models import Customer
from carnet.provider import queries as provider
from carnet.web import formats


@dataclass(frozen=True, slots=True)
class PackLine:
    """One pack: its name, what is in it by state, and until when, or since when no more (`is_over`)."""

    name: str
    units: str
    until: str
    is_over: bool = False


def lines_of(customer: Customer, *, at: datetime.datetime) -> list[PackLine]:
    """Every pack in which something is left, reserved, dormant or expired now (L4), what can be used first; those that
    are used up are left out.
    """
    language = reading.language()
    found = []
    # Nothing is moved later than now, so that the lots as they stand tell it.
    lots = Lot.objects.filter(customer=customer).order_by("number")
    for one in ledger.balance_of_lots(lots, calendar.date_on(at, provider.time_zone())).lots:
        units = _by_state(one.balance, one.lot.unit, language)
        if units:
            is_over = not (one.balance.available or one.balance.reserved or one.balance.frozen)
            found.append(PackLine(_name(one.lot), units, _until(one, language), is_over))
    return sorted(found, key=lambda line: line.is_over)


def _by_state(balance: rules.Balance, unit: str, language: str) -> str:
    """«7 tickets, reserved: 1 ticket»; empty if there is nothing of any kind."""
    counts = (
        ("%(units)s", balance.available),
        (_("reserved: %(units)s"), balance.reserved),
        (_("dormant: %(units)s"), balance.dormant),
        (_("expired: %(units)s"), balance.lapsed),
        (_("frozen: %(units)s"), balance.frozen),
    )
    return ", ".join(words % {"units": formats.units(count, unit, language)} for words, count in counts if count)


def _until(one: ledger.LotBalance, language: str) -> str:
    if one.last_day is None:
        return ""
    words = _("until %(day)s") if one.state == "live" else _("ended on %(day)s")
    return words % {"day": formats.day(one.last_day, language)}


def _name(lot: Lot) -> str:
    if lot.origin == Lot.Origin.TRIAL:
        return _("Free minutes")
    number = {"number": lot.number}
    return (_("Hour pack %(number)s") if lot.unit == Lot.Unit.MINUTE else _("Carnet %(number)s")) % number
