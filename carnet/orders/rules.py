"""Who orders, how long an order waits, and until when its customer may withdraw (O1, O3, O4, O11)."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from carnet.kernel import calendar

WITHDRAWAL_DAYS = 14


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who is named on order and invoice. A household may leave its address out."""

    name: str
    email: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    siren: str = ""
    vat_number: str = ""
    has_no_siren: bool = False  # an association in France that has none says so


ALSACE_MOSELLE = ("57", "67", "68")  # Good Friday and 26 December are holidays there, too
# What is kept of it with the order.
BUYER_NAMES = ("name", "email", "street", "postcode", "city", "country", "siren", "vat_number")


def withdrawal_last_day(ordered_on: datetime.date, *are_working_days: Callable[[datetime.date], bool]) -> datetime.date:
    """O11: the last day, included, on which a consumer may withdraw: 14 days from the order, the next working day if
    that is a Saturday, a Sunday or a holiday (CC L221-18, L221-19). Where the provider and the consumer have other
    holidays, each says which days are working days, and the later day counts.
    """
    found = []
    for is_working_day in are_working_days:
        day = ordered_on + datetime.timedelta(days=WITHDRAWAL_DAYS)
        while not is_working_day(day):
            day += datetime.timedelta(days=1)
        found.append(day)
    return max(found)


def holidays_place(country: str, postcode: str) -> str:
    """Whose public holidays somebody with this address has, as `schedule` names places."""
    if country == "FR" and postcode.startswith(ALSACE_MOSELLE):
        return "FR-57"
    # An overseas département has its day of the abolition of slavery.
    if country == "FR" and postcode[:3] in ("971", "972", "973", "974", "976"):
        return f"FR-{postcode[:3]}"
    return country


def waits_until(day: datetime.date, days: int, zone: ZoneInfo) -> datetime.datetime:
    """O1, O3, O4: when the waiting ends that lasts `days` days from `day` (⚙ order_days 30)."""
    return calendar.within_days_end(day, days, zone)


def reminds_at(placed_at: datetime.datetime, expires_at: datetime.datetime) -> datetime.datetime:
    """O1: when the buyer of an order that still waits is reminded: once two thirds of its time have passed."""
    return placed_at + (expires_at - placed_at) * 2 / 3
