"""The examples of T5, T8, T9, T13, T15–T17, M4 and M7 that are a matter of time."""

import datetime
from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from carnet.kernel import calendar
from carnet.schedule.rules import OpeningHours
from carnet.tickets import rules
from carnet.tickets.rules import How, Patience, Wait
from carnet.work.rules import prices

PARIS = ZoneInfo("Europe/Paris")
PATIENCE = Patience()
WEEK = OpeningHours(PARIS, dict.fromkeys(range(5), ((time(9), time(18)),)))
TARGETS = {"blocked": 60, "hindered": 240, "question": 480}
FRIDAY, MONDAY = date(2027, 3, 26), date(2027, 3, 29)  # between them the clocks go forward


def paris(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime.datetime:
    return datetime.datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=PARIS).astimezone(UTC)


def march(day: int, hour: int = 0, minute: int = 0) -> datetime.datetime:
    return paris(date(2027, 3, day), hour, minute)


def april(day: int, hour: int = 0) -> datetime.datetime:
    return paris(date(2027, 4, day), hour)


@pytest.mark.parametrize(
    ("criticality", "due"),
    [("blocked", paris(MONDAY, 9, 50)), ("hindered", paris(MONDAY, 12, 50)), ("question", paris(MONDAY, 16, 50))],
)
def test_M7_due_is_the_target_in_opening_time(criticality: str, due: datetime.datetime) -> None:
    assert rules.due_at(paris(FRIDAY, 17, 50), criticality, WEEK, TARGETS) == due


def test_M7_a_blocked_ticket_passes_questions_less_than_7_hours_old() -> None:
    blocked = rules.due_at(paris(MONDAY, 17), "blocked", WEEK, TARGETS)
    assert blocked < rules.due_at(paris(MONDAY, 10, 0, 1), "question", WEEK, TARGETS)
    assert blocked == rules.due_at(paris(MONDAY, 10), "question", WEEK, TARGETS)
    assert blocked > rules.due_at(paris(MONDAY, 9, 59, 59), "question", WEEK, TARGETS)


def test_T13_answered_1_march_reminder_5_march_closed_9_march() -> None:
    answered = march(1, 16)
    assert rules.reminder_at("answered", answered, PATIENCE, PARIS) == march(5)
    assert rules.closes_at("answered", answered, PATIENCE, PARIS) == march(9)


@pytest.mark.parametrize(
    ("wait", "reminder", "closing"),
    [
        ("answered", march(5), march(9)),  # T13
        ("asked_back", march(16), april(1)),  # T16: 15 and 30 days
        ("used_up", march(4), march(9)),  # T5: 7 days
        ("uncovered", None, april(1)),  # T15: 30 days
    ],
)
def test_how_long_a_ticket_waits(wait: Wait, reminder: datetime.datetime | None, closing: datetime.datetime) -> None:
    for since in (march(1), march(1, 23, 59)):
        assert rules.reminder_at(wait, since, PATIENCE, PARIS) == reminder
        assert rules.closes_at(wait, since, PATIENCE, PARIS) == closing


def test_the_settings_say_how_long() -> None:
    patience = Patience(
        remind_after_days=1,
        close_after_days=2,
        wait_for_cover_days=5,
        wait_without_cover_days=6,
        silent_customer_days=9,
    )
    reminders = {"answered": march(2), "asked_back": march(5), "used_up": march(3), "uncovered": None}
    closings = {"answered": march(4), "asked_back": march(11), "used_up": march(7), "uncovered": march(8)}
    waits: tuple[Wait, ...] = ("answered", "asked_back", "used_up", "uncovered")
    for wait in waits:
        assert rules.reminder_at(wait, march(1), patience, PARIS) == reminders[wait]
        assert rules.closes_at(wait, march(1), patience, PARIS) == closings[wait]


def test_T13_one_reminder_from_its_day_on() -> None:
    answered, second = march(1, 16), timedelta(seconds=1)
    assert not rules.is_reminder_due("answered", answered, march(5) - second, PATIENCE, PARIS, reminded_at=None)
    assert rules.is_reminder_due("answered", answered, march(5), PATIENCE, PARIS, reminded_at=None)
    assert not rules.is_reminder_due("answered", answered, march(5, 1), PATIENCE, PARIS, reminded_at=march(5))
    assert not rules.is_reminder_due("uncovered", answered, april(1), PATIENCE, PARIS, reminded_at=None)


def test_T13_closed_without_a_word_after_the_reminder() -> None:
    answered, second = march(1, 16), timedelta(seconds=1)
    assert not rules.is_closing_due("answered", answered, march(9) - second, PATIENCE, PARIS, reminded_at=march(5, 8))
    assert rules.is_closing_due("answered", answered, march(9), PATIENCE, PARIS, reminded_at=march(5, 8))
    assert not rules.is_closing_due("answered", answered, march(20), PATIENCE, PARIS, reminded_at=None)


def test_T13_a_late_reminder_puts_the_closing_off() -> None:
    answered, reminded = march(1, 16), march(20, 7)
    assert rules.closes_at("answered", answered, PATIENCE, PARIS, reminded_at=reminded) == march(24)
    assert rules.closes_at("answered", answered, PATIENCE, PARIS, reminded_at=march(6)) == march(10)
    assert rules.closes_at("answered", answered, PATIENCE, PARIS, reminded_at=march(5, 23)) == march(9)
    assert not rules.is_closing_due("answered", answered, march(23, 23), PATIENCE, PARIS, reminded_at=reminded)
    assert rules.is_closing_due("answered", answered, march(24), PATIENCE, PARIS, reminded_at=reminded)


def test_T15_what_never_had_cover_closes_without_a_reminder() -> None:
    assert not rules.is_closing_due("uncovered", march(1, 16), march(31, 23), PATIENCE, PARIS, reminded_at=None)
    assert rules.is_closing_due("uncovered", march(1, 16), april(1), PATIENCE, PARIS, reminded_at=None)
    assert rules.closes_at("uncovered", march(1), PATIENCE, PARIS, reminded_at=march(9)) == april(1)


def test_T8_not_solved_within_7_days() -> None:
    # S4: closed 30 March, until 6 April 24:00.
    assert rules.reopens_until(march(30, 12), PARIS) == april(7)
    assert rules.reopens_until(march(30, 12), PARIS, reopen_days=0) == march(31)
    assert prices.price_in_tokens((12 + 10) * 60) == 1


@pytest.mark.parametrize(
    ("how", "minutes", "tokens"),
    [
        ("spam", 8, 0),
        ("duplicate", 8, 0),
        ("cancelled", 0, 0),
        ("cancelled", 8, 1),
        ("out_of_scope", 10, 0),
        ("out_of_scope", 11, 1),
        ("unsolvable", 31, 2),
        ("solved", 31, 2),
        ("silence", 31, 2),
        ("silence", 0, 0),
        ("no_cover", 30, 1),
    ],
)
def test_T9_what_an_end_is_charged_as(how: How, minutes: int, tokens: int) -> None:
    assert prices.price_in_tokens(rules.charged_seconds(how, minutes * 60)) == tokens


def test_T9_out_of_scope_is_seen_within_10_minutes_to_the_second() -> None:
    assert rules.charged_seconds("out_of_scope", 600) == 0
    assert rules.charged_seconds("out_of_scope", 601) == 601
    assert rules.charged_seconds("out_of_scope", 601, scope_minutes=11) == 0


def test_T9_the_agent_waives_what_could_not_be_solved() -> None:
    assert rules.charged_seconds("unsolvable", 1860, waived=True) == 0
    assert rules.charged_seconds("solved", 1860, waived=True) == 1860


def test_M4_a_rating_changes_within_14_days() -> None:
    first = march(1, 16)
    until = calendar.end_of(date(2027, 3, 15), PARIS)
    assert rules.may_change_rating(first, first, PARIS)
    assert rules.may_change_rating(first, until - timedelta(seconds=1), PARIS)
    assert not rules.may_change_rating(first, until, PARIS)
