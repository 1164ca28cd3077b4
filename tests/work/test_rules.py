"""Every example of T1–T5, T10, T14, T15, F1–F3, H2, H4, H5, S9 that is arithmetic."""

import datetime
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from carnet.work.rules import consent, metering, prices, time_worked, trials, ways_to_pay
from carnet.work.rules.prices import Price
from carnet.work.rules.time_worked import Stretch
from carnet.work.rules.ways_to_pay import UsableMeans

PARIS = ZoneInfo("Europe/Paris")
NINE = datetime.datetime(2027, 3, 1, 9, tzinfo=UTC)


def at(minutes: float) -> datetime.datetime:
    """So many minutes after nine."""
    return NINE + timedelta(minutes=minutes)


def work(start: float, end: float, *, agent: int = 1, chargeable: bool = True, offered: bool = False) -> Stretch:
    return Stretch(at(start), at(end), chargeable, agent, offered)


def seconds(text: str) -> int:
    """31:00 → 1860."""
    minutes, rest = text.split(":")
    return int(minutes) * 60 + int(rest)


def outline(stretches: list[Stretch]) -> list[tuple[float, float, str]]:
    """The stretches as minutes after nine and what became of them."""
    return [
        (
            (one.start - NINE) / timedelta(minutes=1),
            (one.end - NINE) / timedelta(minutes=1),
            "offered" if one.offered else "charged" if one.chargeable else "free of charge",
        )
        for one in stretches
    ]


@pytest.mark.parametrize(
    ("worked", "tokens"),
    [
        ("0:00", 0),
        ("0:01", 1),
        ("1:00", 1),
        ("30:00", 1),
        ("30:59", 1),
        ("31:00", 2),
        ("60:59", 2),
        ("61:00", 3),
        ("90:00", 3),
    ],
)
def test_T2_price_in_tokens(worked: str, tokens: int) -> None:
    assert prices.price_in_tokens(seconds(worked)) == tokens


def test_T2_sessions_are_summed_before_they_are_cut_down() -> None:
    three = [work(start, start + 10 + 20 / 60) for start in (0, 60, 120)]
    assert time_worked.worked_seconds(three) == seconds("31:00")
    assert prices.price_in_tokens(time_worked.worked_seconds(three)) == 2


def test_T2_two_agents_at_once_are_counted_once() -> None:
    assert time_worked.worked_seconds([work(0, 20), work(10, 30, agent=2)]) == seconds("30:00")
    assert time_worked.worked_seconds([work(10, 20, agent=2), work(0, 30), work(30, 31)]) == seconds("31:00")


def test_T2_the_length_of_a_token_is_the_editions() -> None:
    assert prices.price_in_tokens(seconds("20:59"), 20) == 1
    assert prices.price_in_tokens(seconds("21:00"), 20) == 2


def test_T2_parts_of_a_second_are_summed_too() -> None:
    half = timedelta(milliseconds=500)
    parts = [Stretch(at(minute), at(minute + 10) + half, True, 1) for minute in (0, 20, 40)]
    assert time_worked.worked_seconds(parts) == seconds("30:01")


def test_T3_training_is_not_chargeable() -> None:
    assert time_worked.worked_seconds([work(0, 12), work(12, 20, chargeable=False)]) == seconds("12:00")
    assert prices.price_in_tokens(time_worked.worked_seconds([work(12, 20, chargeable=False)])) == 0


def test_work_does_not_end_before_it_began() -> None:
    with pytest.raises(ValueError, match="after it began"):
        work(10, 9)
    with pytest.raises(ValueError, match="no time is negative"):
        prices.price_in_tokens(-1)


def test_T4_34_minutes_without_consent() -> None:
    parts = metering.meter([work(0, 34)], [(at(0), 1800)])
    assert outline(parts) == [(0, 30, "charged"), (30, 34, "offered")]
    assert prices.price_in_tokens(time_worked.worked_seconds(parts)) == 1


def test_T4_consent_at_minute_36_then_10_more() -> None:
    parts = metering.meter([work(0, 46)], [(at(0), 1800), (at(36), 3600)])
    assert outline(parts) == [(0, 30, "charged"), (30, 36, "offered"), (36, 46, "charged")]
    assert time_worked.worked_seconds(parts) == seconds("40:00")
    assert prices.price_in_tokens(time_worked.worked_seconds(parts)) == 2


def test_T4_what_was_offered_stays_offered() -> None:
    first = metering.meter([work(0, 34)], [(at(0), 1800)])
    later = metering.meter([*first, work(40, 45)], [(at(0), 1800), (at(36), 3600)])
    assert outline(later) == [(0, 30, "charged"), (30, 34, "offered"), (40, 45, "charged")]


def test_T4_the_cut_is_exact_to_the_second() -> None:
    limits = [(at(0), 1800)]
    parts = metering.meter([work(0, 29 + 59 / 60), work(60, 60 + 2 / 60)], limits)
    assert [(one.end - one.start).seconds for one in parts] == [1799, 1, 1]
    assert [one.offered for one in parts] == [False, False, True]


def test_T4_consent_before_the_end_lets_the_clock_run_on() -> None:
    assert outline(metering.meter([work(0, 46)], [(at(0), 1800), (at(25), 3600)])) == [(0, 46, "charged")]


def test_T4_before_anything_is_paid_work_is_offered() -> None:
    assert outline(metering.meter([work(0, 10)], [(at(4), 1800)])) == [(0, 4, "offered"), (4, 10, "charged")]
    assert outline(metering.meter([work(0, 10)], [])) == [(0, 10, "offered")]


def test_T4_paid_time_runs_once_however_many_agents_work() -> None:
    parts = metering.meter([work(0, 20), work(10, 40, agent=2), work(35, 50)], [(at(0), 1800)])
    assert outline(parts) == [(0, 20, "charged"), (10, 30, "charged"), (30, 40, "offered"), (35, 50, "offered")]
    assert [one.agent_id for one in parts] == [1, 2, 2, 1]


def test_T4_two_agents_are_cut_at_the_same_moment() -> None:
    parts = metering.meter([work(0, 40), work(25, 45, agent=2)], [(at(0), 1800)])
    assert outline(parts) == [(0, 30, "charged"), (30, 40, "offered"), (25, 30, "charged"), (30, 45, "offered")]


def test_T3_what_is_not_chargeable_uses_no_paid_time() -> None:
    given = [work(0, 20, chargeable=False), work(20, 50), work(50, 60, offered=True), work(60, 60)]
    assert metering.meter(given, [(at(0), 1800)]) == given


def test_T5_bought_on_day_3_the_second_token_is_from_the_new_lot() -> None:
    day_3 = 3 * 24 * 60
    parts = metering.meter([work(0, 30), work(day_3 + 10, day_3 + 20)], [(at(0), 1800), (at(day_3), 3600)])
    assert outline(parts) == [(0, 30, "charged"), (day_3 + 10, day_3 + 20, "charged")]
    assert prices.price_in_tokens(time_worked.worked_seconds(parts)) == 2


def test_T4_time_recorded_late_leaves_stored_parts_as_they_are() -> None:
    limits = [(at(0), 1800), (at(60), 3600)]
    stored = [work(20, 50), work(50, 55, offered=True)]
    assert outline(metering.meter([work(0, 10)], limits, already=stored)) == [(0, 10, "offered")]
    assert outline(metering.meter([work(60, 70)], limits, already=stored)) == [(60, 70, "charged")]
    # Beside a charged moment it is charged with it, beside an offered one offered.
    late = metering.meter([work(10, 55, agent=2)], limits, already=stored)
    assert outline(late) == [(10, 20, "offered"), (20, 50, "charged"), (50, 55, "offered")]
    assert time_worked.worked_seconds([*stored, *late]) == 1800


def test_paid_time_is_told_in_order_of_time() -> None:
    with pytest.raises(ValueError, match="order of time"):
        metering.meter([work(0, 10)], [(at(5), 1800), (at(0), 3600)])


def test_T8_a_reopened_ticket_goes_on_from_what_it_has_used() -> None:
    # 30 minutes were reserved and 12 worked; closing released 18, reopening reserved 15 again.
    limits = metering.limits_of([(at(0), 1800), (at(20), -1080), (at(60), 900)])
    assert limits == [(at(0), 1800), (at(20), 720), (at(60), 1620)]
    parts = metering.meter([work(0, 12), work(30, 35), work(60, 80)], limits)
    assert outline(parts) == [(0, 12, "charged"), (30, 35, "offered"), (60, 75, "charged"), (75, 80, "offered")]


@pytest.mark.parametrize(("reopened", "tokens"), [("10:00", 1), ("19:00", 2)])
def test_T8_12_and_10_minutes_are_one_token(reopened: str, tokens: int) -> None:
    assert prices.price_in_tokens(seconds("12:00") + seconds(reopened)) == tokens


def test_F2_grants_of_paid_time_are_summed() -> None:
    assert metering.limits_of([(at(20), 1800), (at(0), 900), (at(20), 60)]) == [
        (at(0), 900),
        (at(20), 960),
        (at(20), 2760),
    ]
    assert metering.limits_of([]) == []
    assert prices.paid_seconds(free_minutes=6, tokens=2) == seconds("66:00")
    assert prices.paid_seconds(minutes=45) == seconds("45:00")
    assert prices.paid_seconds(tokens=2, token_minutes=20) == seconds("40:00")


@pytest.mark.parametrize(("tokens", "warned", "stopped"), [(1, 25, 30), (2, 55, 60), (3, 85, 90)])
def test_T4_warned_5_minutes_before_the_clock_stops(tokens: int, warned: int, stopped: int) -> None:
    paid = prices.paid_seconds(tokens=tokens)
    assert metering.warning_at(0, paid, at(0)) == at(warned)
    assert metering.clock_stops_at(0, paid, at(0)) == at(stopped)


def test_T4_the_clock_counts_what_was_used_before() -> None:
    assert metering.clock_stops_at(1200, 1800, at(100)) == at(110)
    assert metering.warning_at(1200, 1800, at(100)) == at(105)
    assert metering.warning_at(1700, 1800, at(100)) == at(100)
    assert metering.clock_stops_at(1800, 1800, at(100)) == at(100)
    assert metering.clock_stops_at(2000, 1800, at(100)) == at(100)


def test_F3_warned_5_minutes_before_the_free_minutes_end() -> None:
    assert metering.warning_at(0, prices.paid_seconds(free_minutes=15), at(0)) == at(10)
    assert metering.warning_at(0, prices.paid_seconds(free_minutes=15), at(0), warn_seconds=60) == at(14)


@pytest.mark.parametrize(
    ("worked", "free_minutes", "price"),
    [
        ("34:00", 6, Price(6, tokens=1)),  # F2: 9 of 15 used, then 34 min
        ("10:00", 6, Price(6, tokens=1)),  # F2
        ("37:00", 15, Price(15, tokens=1)),  # F3: 15 free, then 22
        ("9:40", 15, Price(9)),  # F1: cut down to whole minutes
        ("15:00", 15, Price(15)),
        ("15:01", 15, Price(15, tokens=1)),
        ("46:59", 15, Price(15, tokens=2)),
        ("45:59", 15, Price(15, tokens=1)),
        ("0:00", 15, Price()),
        ("12:00", 0, Price(tokens=1)),
        ("22:00", 0, Price(tokens=1)),  # T8: 12 + 10
    ],
)
def test_F2_free_minutes_pay_first(worked: str, free_minutes: int, price: Price) -> None:
    assert prices.price_of_ticket(seconds(worked), free_seconds=free_minutes * 60, unit="token") == price


@pytest.mark.parametrize(
    ("worked", "free_minutes", "split"),
    [("6:40", 6, (6, 40)), ("9:40", 15, (9, 0)), ("0:59", 15, (0, 0)), ("5:00", 0, (0, 300))],
)
def test_F1_free_minutes_are_cut_down_to_whole_ones(worked: str, free_minutes: int, split: tuple[int, int]) -> None:
    assert prices.split_free(seconds(worked), free_minutes * 60) == split


def test_no_time_is_negative() -> None:
    with pytest.raises(ValueError, match="no time is negative"):
        prices.split_free(-60, 15)


@pytest.mark.parametrize(("worked", "minutes"), [("8:59", 8), ("0:59", 0), ("47:00", 47)])
def test_H2_price_in_minutes(worked: str, minutes: int) -> None:
    assert prices.price_of_ticket(seconds(worked), unit="minute") == Price(minutes=minutes)


def test_H2_free_minutes_pay_first_for_hours_too() -> None:
    assert prices.price_of_ticket(seconds("34:30"), free_seconds=360, unit="minute") == Price(6, minutes=28)


def test_a_price_is_nothing_but_what_is_named() -> None:
    assert prices.price_of_ticket(0) == Price(free_minutes=0, tokens=0, minutes=0)


def test_F1_with_free_minutes_alone_nothing_else_is_owed() -> None:
    assert prices.price_of_ticket(seconds("14:20"), free_seconds=900) == Price(14)
    with pytest.raises(ValueError, match="nothing pays for 1 seconds"):
        prices.price_of_ticket(seconds("15:01"), free_seconds=900)


def test_T14_nobodys_bill_rises_after_closing() -> None:
    price_31, price_29 = prices.price_in_tokens(seconds("31:00")), prices.price_in_tokens(seconds("29:00"))
    assert price_31 - prices.price_after_correction(price_31, price_29) == 1
    assert price_29 - prices.price_after_correction(price_29, price_31) == 0


def test_T1_T4_tokens_are_reserved_one_at_a_time() -> None:
    assert consent.units_to_reserve("token", 0, 1) == 1
    assert consent.units_to_reserve("token", 1, 1) == 0
    assert consent.units_to_reserve("token", 1, 3) == 1


def test_H4_30_minutes_then_15_at_a_time_up_to_the_ceiling() -> None:
    reserved: list[int] = []
    while further := consent.units_to_reserve("minute", sum(reserved), 60):
        reserved.append(further)
    assert reserved == [30, 15, 15]
    assert sum(reserved) - prices.price_in_minutes(seconds("47:00")) == 13
    assert consent.units_to_reserve("minute", 50, 60) == 10
    assert consent.units_to_reserve("minute", 0, 20) == 20
    assert consent.units_to_reserve("minute", 75, 60) == 0


def least(reserved: int = 30, of_first_lot: int = 30, *, first: bool = True, per: prices.IndivisiblePer = "lot") -> int:
    return prices.indivisible(reserved, of_first_lot, is_first_on_lot=first, per=per)


def price(worked: str, least_minutes: int = 0) -> int:
    return prices.price_of_ticket(seconds(worked), unit="minute", least_minutes=least_minutes).minutes


def test_H1_the_first_30_minutes_of_a_pack_are_not_divided() -> None:
    costs = [
        price(worked, least(first=first)) for worked, first in (("10:00", True), ("45:00", False), ("8:00", False))
    ]
    assert (costs, 300 - sum(costs)) == ([30, 45, 8], 217)


def test_H1_the_other_choice_is_30_minutes_for_every_ticket() -> None:
    costs = [price(worked, least(first=False, per="ticket")) for worked in ("10:00", "45:00", "8:00")]
    assert (costs, 300 - sum(costs)) == ([30, 45, 30], 195)


def test_H1_40_and_10_are_50_whichever_closes_first() -> None:
    assert price("40:00", least(first=True)) + price("10:00", least(first=False)) == 50


def test_H1_it_costs_no_more_than_it_could_reserve() -> None:
    assert (least(20, 20), least(30, 12), least(12, 12, per="ticket")) == (20, 12, 12)


def test_H1_nothing_is_charged_without_a_chargeable_second() -> None:
    assert (price("0:00", 30), price("0:01", 30), price("0:59")) == (0, 30, 0)


def test_H3_minutes_run_from_one_lot_into_the_next() -> None:
    # 12 left and a new pack of 120: the first reservation takes 12 + 18, and the new pack counts as used.
    worked = price("25:00", least(30, 12, first=False))
    assert (worked, 120 - (worked - 12)) == (25, 107)


def test_H5_one_token_covers_its_30_minutes_and_the_rest_runs_in_minutes() -> None:
    def mixed(worked: str, tokens: int, minutes: int) -> tuple[int, int]:
        found = prices.price_of_ticket(
            seconds(worked), unit="minute", tokens_held=tokens, minutes_held=minutes, least_minutes=30
        )
        return found.tokens, found.minutes

    assert (mixed("41:00", 1, 30), mixed("45:00", 2, 15)) == ((1, 11), (1, 15))
    assert (mixed("30:59", 1, 30), mixed("31:00", 1, 30), mixed("0:00", 1, 30)) == ((1, 0), (1, 1), (0, 0))
    # Where the minutes don't suffice, one more token covers the rest; where they do, no token is begun.
    assert (mixed("46:00", 2, 15), mixed("25:00", 1, 15), mixed("25:00", 1, 30)) == ((2, 0), (1, 0), (0, 25))
    assert (mixed("61:30", 2, 15), mixed("89:00", 2, 30)) == ((2, 1), (2, 29))


def test_T4_who_may_consent() -> None:
    assert consent.may_consent(1, asked_by=1, is_holder=False)
    assert consent.may_consent(2, asked_by=1, is_holder=True)
    assert not consent.may_consent(2, asked_by=1, is_holder=False)


def test_T5_a_ticket_whose_cover_is_used_up_waits_7_days() -> None:
    since = datetime.datetime(2027, 3, 22, 16, tzinfo=UTC)
    expected = datetime.datetime(2027, 3, 29, 22, tzinfo=UTC)  # 29 March 24:00, the clocks went forward on the 28th
    assert consent.waits_until(since, PARIS, was_covered=True) == expected


def test_T15_a_ticket_without_cover_waits_30_days() -> None:
    expected = datetime.datetime(2027, 3, 31, 22, tzinfo=UTC)
    assert consent.waits_until(at(0), PARIS, was_covered=False) == expected


def test_H5_what_expires_first_is_proposed() -> None:
    tokens, minutes = UsableMeans("tokens", date(2027, 6, 30)), UsableMeans("minutes", date(2027, 5, 31))
    assert ways_to_pay.propose([tokens, minutes]) == [minutes, tokens]


def test_S9_F2_subscription_then_free_minutes_then_the_rest() -> None:
    order = [
        UsableMeans("subscription"),
        UsableMeans("trial", date(2027, 12, 31)),
        UsableMeans("tokens", date(2027, 6, 30)),
        UsableMeans("minutes", date(2027, 6, 30)),
        UsableMeans("tokens"),
    ]
    assert ways_to_pay.propose(reversed(order)) == order


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({}, None),
        ({"had_trial": True, "contact_known": True}, "had_trial"),
        ({"has_purchased": True}, "has_purchased"),
        ({"email_verified": False, "contact_known": True}, "email_not_verified"),
        ({"contact_known": True}, "contact_known"),
        ({"contact_known": True, "granted_by_desk": True}, None),
        ({"had_trial": True, "granted_by_desk": True}, "had_trial"),
        ({"has_purchased": True, "granted_by_desk": True}, "has_purchased"),
    ],
)
def test_F1_F4_who_gets_the_trial(facts: dict[str, bool], refusal: str | None) -> None:
    asked = {"had_trial": False, "has_purchased": False, "email_verified": True, "contact_known": False} | facts
    assert trials.trial_refusal(**asked) == refusal


def test_T15_a_mail_reserves_only_what_is_unambiguous() -> None:
    assert ways_to_pay.means_of_mail(is_known=True, customers=1, ways=["tokens"]) == "tokens"
    assert ways_to_pay.means_of_mail(is_known=False, customers=1, ways=["tokens"]) is None
    assert ways_to_pay.means_of_mail(is_known=True, customers=2, ways=["tokens"]) is None
    assert ways_to_pay.means_of_mail(is_known=True, customers=1, ways=["tokens", "minutes"]) is None
    assert ways_to_pay.means_of_mail(is_known=True, customers=1, ways=[]) is None
