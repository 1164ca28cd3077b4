"""What time does to tickets (T5, T8, T13, T15–T17, M4, M7), and what a ticket's end is charged as (T9).

Instants are aware datetimes in UTC; days are counted on the calendar of the provider's zone. Ends are exclusive.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from carnet.kernel import calendar
from carnet.limits.rules import DAY, HOUR, Limit
from carnet.schedule.rules import OpeningHours
from carnet.work.rules import consent

# What a ticket waits for that is not us: the customer's word on our answer, or on our question back; or cover, because
# what it had is used up, or because it never had any.
Wait = Literal["answered", "asked_back", "used_up", "uncovered"]
How = Literal[
    "solved", "silence", "no_cover", "cancelled", "spam", "duplicate", "out_of_scope", "unsolvable", "merged"
]  # fmt: skip
# T12: that these end a ticket is our doing, so what they release lives 30 days more at least.
CAUSED_BY_US: frozenset[How] = frozenset({"out_of_scope", "unsolvable"})
# T8: how a ticket ended that may be reopened for the same subject.
REOPENABLE: frozenset[How] = frozenset({"solved", "silence", "no_cover", "cancelled", "out_of_scope", "unsolvable"})

RATING_DAYS = 14

# What may be sent without an account: from one page of a form, and by one visitor.
SENT_FROM_ONE_PAGE = Limit("sent from a page", 3, DAY)
QUESTIONS_AN_HOUR = Limit("first questions of a visitor", 10, HOUR)
MESSAGES_AN_HOUR = Limit("contact messages of a visitor, hour", 10, HOUR)
MESSAGES_A_DAY = Limit("contact messages of a visitor, day", 50, DAY)
UPLOADED_A_DAY = Limit("bytes uploaded by a visitor", 150 * 1024 * 1024, DAY)
# All files of questions that nobody has confirmed yet, and how long they are kept.
UNCONFIRMED_BYTES = 2 * 1024 * 1024 * 1024
UNCONFIRMED_FILES_LAST = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Patience:
    """How many days a ticket waits: the settings ⚙ of the same names."""

    remind_after_days: int = 4
    close_after_days: int = 7
    wait_for_cover_days: int = 7
    wait_without_cover_days: int = 30
    silent_customer_days: int = 30


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes to us on a public page: what they say of themselves, and the language of that page."""

    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What the limits count: the visitor's network address, and the mark of the page that was sent. Both are empty
    where no page was (the desk, the demo's history).
    """

    visitor: str = ""
    mark: str = ""


NO_VISIT = Visit()


def due_at(
    since: datetime.datetime, criticality: str, hours: OpeningHours, targets_minutes: Mapping[str, int]
) -> datetime.datetime:
    """M7: when an answer is due that is awaited since `since`: the target of its criticality later, in opening time.

    Refuses hours that are closed for over a year (`schedule.rules.ClosedTooLong`).
    """
    return hours.add_opening_time(since, targets_minutes[criticality] * 60)


def reminder_at(wait: Wait, since: datetime.datetime, patience: Patience, zone: ZoneInfo) -> datetime.datetime | None:
    """T5, T13, T16: from when the customer is reminded, once; answered 1 March → 5 March 00:00.

    Decided where the rules leave room: after half of the days, rounded down, where the rules name no setting of its
    own (T16: 15 of 30, T5: 3 of 7). What never had cover was answered once with what would cover it, and is not
    reminded (T15): None.
    """
    if wait == "uncovered":
        return None
    days = {
        "answered": patience.remind_after_days,
        "asked_back": patience.silent_customer_days // 2,
        "used_up": patience.wait_for_cover_days // 2,
    }
    return calendar.after_days(calendar.date_on(since, zone), days[wait], zone)


def closes_at(
    wait: Wait,
    since: datetime.datetime,
    patience: Patience,
    zone: ZoneInfo,
    *,
    reminded_at: datetime.datetime | None = None,
) -> datetime.datetime:
    """T5, T13, T15, T16: when a ticket that has waited since `since` closes; answered 1 March → 9 March 00:00.

    Between reminder and closing lie the days that the settings put between them: when a reminder went out late (the
    worker was down), `reminded_at` puts the closing off as well.
    """
    if wait in ("used_up", "uncovered"):
        planned = consent.waits_until(
            since,
            zone,
            was_covered=wait == "used_up",
            wait_for_cover_days=patience.wait_for_cover_days,
            wait_without_cover_days=patience.wait_without_cover_days,
        )
    else:
        days = patience.close_after_days if wait == "answered" else patience.silent_customer_days
        planned = calendar.within_days_end(calendar.date_on(since, zone), days, zone)
    meant = reminder_at(wait, since, patience, zone)
    if meant is None or reminded_at is None:
        return planned
    late = calendar.date_on(reminded_at, zone) - calendar.date_on(meant, zone)
    return planned if late.days <= 0 else calendar.after_days(calendar.date_on(planned, zone), late.days, zone)


def is_reminder_due(
    wait: Wait,
    since: datetime.datetime,
    at: datetime.datetime,
    patience: Patience,
    zone: ZoneInfo,
    *,
    reminded_at: datetime.datetime | None,
) -> bool:
    """T5, T13, T16: whether the one reminder is to go out at `at`; `reminded_at` None: it has not yet."""
    meant = reminder_at(wait, since, patience, zone)
    return meant is not None and reminded_at is None and at >= meant


def is_closing_due(
    wait: Wait,
    since: datetime.datetime,
    at: datetime.datetime,
    patience: Patience,
    zone: ZoneInfo,
    *,
    reminded_at: datetime.datetime | None,
) -> bool:
    """T5, T13, T15, T16: whether the ticket closes at `at`; never before its reminder went out, if one is due to it."""
    if reminded_at is None and reminder_at(wait, since, patience, zone) is not None:
        return False
    return at >= closes_at(wait, since, patience, zone, reminded_at=reminded_at)


def reopens_until(closed_at: datetime.datetime, zone: ZoneInfo, *, reopen_days: int = 7) -> datetime.datetime:
    """T8: until when «not solved» reopens the ticket and continues its count; closed 30 March → 6 April 24:00.

    The same fault that was not mended has no such end: repairing it is never chargeable and needs no cover.
    """
    return calendar.within_days_end(calendar.date_on(closed_at, zone), reopen_days, zone)


def charged_seconds(how: How, worked_seconds: int, *, scope_minutes: int = 10, waived: bool = False) -> int:
    """T9: how much of the worked seconds (W) is charged to a ticket that ends this way; the rest is offered.

    Spam and a duplicate cost nothing. Out of scope costs nothing if that was seen within `scope_minutes` of work,
    exactly to the second; later all of it, once the customer was told. What can't be solved is charged unless the
    agent waives it, with a reason. Everything else is charged as worked, which is nothing if it was cancelled before
    work.
    """
    if how in ("spam", "duplicate"):
        return 0
    if how == "out_of_scope" and worked_seconds <= scope_minutes * 60:
        return 0
    if how == "unsolvable" and waived:
        return 0
    return worked_seconds


def may_change_rating(first_rated_at: datetime.datetime, at: datetime.datetime, zone: ZoneInfo) -> bool:
    """M4: a rating can be changed within 14 days of the date on which it was first given."""
    return at < calendar.within_days_end(calendar.date_on(first_rated_at, zone), RATING_DAYS, zone)
