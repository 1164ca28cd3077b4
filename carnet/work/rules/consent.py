"""What may be taken without asking again, who may agree, and how long is waited for it (T4, T5, T15, H4). Pure."""

import datetime
from zoneinfo import ZoneInfo

from carnet.kernel import calendar
from carnet.ledger.rules import Unit

# T4, H4: what may be agreed to in advance: at least the next step, at most what nobody types by mistake.
CEILINGS: dict[Unit, tuple[int, int]] = {"token": (1, 100), "minute": (15, 6000)}


def units_to_reserve(unit: Unit, reserved: int, ceiling: int) -> int:
    """T1, T4, H4: how many more units are reserved now without asking, beside `reserved`; 0 at the ceiling.

    Tokens: one at a time. Minutes: 30 at opening, then 15 at a time, never past the ceiling. Where the lots have
    less, what they have is taken.
    """
    step = 1 if unit == "token" else 15 if reserved else 30
    return max(0, min(step, ceiling - reserved))


def may_consent(person_id: int, *, asked_by: int, is_holder: bool) -> bool:
    """T4: a further token, or more minutes (H4), are consented to by the person who asked, or by a holder."""
    return is_holder or person_id == asked_by


def waits_until(
    waiting_since: datetime.datetime,
    zone: ZoneInfo,
    *,
    was_covered: bool,
    wait_for_cover_days: int = 7,
    wait_without_cover_days: int = 30,
) -> datetime.datetime:
    """T5, T15: when a ticket that waits for cover closes, that many days later, exclusive.

    ⚙ wait_for_cover_days if it had cover that is used up (T5: at what it has cost), else ⚙ wait_without_cover_days
    (T15: at 0). The days count from the date since which it waits, not from the reminder.
    """
    days = wait_for_cover_days if was_covered else wait_without_cover_days
    return calendar.within_days_end(calendar.date_on(waiting_since, zone), days, zone)
