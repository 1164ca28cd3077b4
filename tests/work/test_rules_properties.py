"""Metering and prices on random histories, against a model that looks at every second by itself."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from carnet.work.rules import metering, prices, time_worked
from carnet.work.rules.time_worked import Stretch

ZERO = datetime.datetime(2027, 3, 28, 0, 59, tzinfo=UTC)  # a minute before the clocks of Paris go forward
HORIZON = 240


def at(second: int) -> datetime.datetime:
    return ZERO + timedelta(seconds=second)


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    start = draw(st.integers(0, HORIZON))
    end = draw(st.integers(start, HORIZON))
    chargeable = draw(st.booleans()) or draw(st.booleans())
    return Stretch(at(start), at(end), chargeable, draw(st.integers(1, 3)), chargeable and draw(st.integers(0, 9)) == 0)


grants = st.lists(st.tuples(st.integers(0, HORIZON).map(at), st.integers(1, 120)), max_size=4)
histories = st.lists(stretches(), max_size=7)
lengths = st.integers(0, 4 * 3600)


def has(stretch: Stretch, second: int) -> bool:
    return stretch.start <= at(second) < stretch.end


def charged_at(parts: Sequence[Stretch], second: int) -> bool:
    return any(has(part, second) and part.chargeable and not part.offered for part in parts)


def model_of_charged_seconds(
    history: Sequence[Stretch], limits: Sequence[time_worked.Limit], stored: Sequence[Stretch] = ()
) -> set[int]:
    """Second by second: charged if somebody works and either it is charged already, or at every later moment the
    charged time so far stays within what was paid so far.
    """
    charged = {second for second in range(HORIZON) if charged_at(stored, second)}
    paid = [max((secs for moment, secs in limits if moment <= at(second)), default=0) for second in range(HORIZON)]
    for second in range(HORIZON):
        if second not in charged and charged_at(history, second):
            further = charged | {second}
            if all(len([one for one in further if one <= later]) <= paid[later] for later in range(second, HORIZON)):
                charged = further
    return charged


@given(histories, grants)
def test_meter_agrees_with_the_model(history: list[Stretch], grants_: list[time_worked.Limit]) -> None:
    limits = metering.limits_of(grants_)
    parts = metering.meter(history, limits)
    charged = model_of_charged_seconds(history, limits)
    assert {second for second in range(HORIZON) if charged_at(parts, second)} == charged
    assert time_worked.worked_seconds(parts) == len(charged)


@given(histories, grants)
def test_meter_conserves_every_stretch(history: list[Stretch], grants_: list[time_worked.Limit]) -> None:
    parts = iter(metering.meter(history, metering.limits_of(grants_)))
    for stretch in history:
        pieces = [next(parts)]
        while pieces[-1].end < stretch.end:
            pieces.append(next(parts))
        assert pieces[0].start == stretch.start
        assert pieces[-1].end == stretch.end
        assert all(one.end == other.start for one, other in pairwise(pieces))
        assert {(one.agent_id, one.chargeable) for one in pieces} == {(stretch.agent_id, stretch.chargeable)}
        assert len(pieces) == 1 or all(one.start < one.end and one.chargeable for one in pieces)
        if stretch.offered or not stretch.chargeable:
            assert pieces == [stretch]
    assert list(parts) == []


@given(histories, grants)
def test_charged_and_offered_make_up_the_union(history: list[Stretch], grants_: list[time_worked.Limit]) -> None:
    fresh = [stretch for stretch in history if not stretch.offered]
    parts = metering.meter(fresh, metering.limits_of(grants_))
    offered = [Stretch(part.start, part.end, True, part.agent_id) for part in parts if part.offered]
    assert time_worked.worked_seconds(parts) + time_worked.worked_seconds(offered) == time_worked.worked_seconds(fresh)


@given(histories, histories, grants)
def test_charged_time_never_exceeds_what_is_paid(
    stored: list[Stretch], late: list[Stretch], grants_: list[time_worked.Limit]
) -> None:
    limits = metering.limits_of(grants_)
    paid = limits[-1][1] if limits else 0
    first = metering.meter(stored, limits)
    assert time_worked.worked_seconds(first) <= paid
    second = metering.meter(late, limits, already=first)
    assert time_worked.worked_seconds([*first, *second]) <= paid


@given(histories, histories, grants)
def test_parts_stored_before_agree_with_the_model(
    stored: list[Stretch], late: list[Stretch], grants_: list[time_worked.Limit]
) -> None:
    limits = metering.limits_of(grants_)
    first = metering.meter(stored, limits)
    both = [*first, *metering.meter(late, limits, already=first)]
    charged = model_of_charged_seconds(late, limits, first)
    assert {second for second in range(HORIZON) if charged_at(both, second)} == charged


@given(st.lists(histories, max_size=3), grants, st.randoms(use_true_random=False))
def test_case_J1_the_order_of_recording_changes_nothing(
    recorded: list[list[Stretch]], grants_: list[time_worked.Limit], random: Random
) -> None:
    """Whoever is recorded first, as much is charged in all."""
    limits = metering.limits_of(grants_)
    lengths = set()
    for order in (recorded, random.sample(recorded, len(recorded))):
        parts: list[Stretch] = []
        for history in order:
            fresh = [replace(one, offered=False) for one in history]
            parts += metering.meter(fresh, limits, already=parts)
        lengths.add(time_worked.worked_seconds(parts))
    assert len(lengths) == 1


@given(histories, histories, grants, st.integers(0, HORIZON))
def test_case_J6_what_was_offered_before_a_correction_stays_offered(
    stored: list[Stretch], running: list[Stretch], grants_: list[time_worked.Limit], later: int
) -> None:
    """Everything stored is corrected away at one moment, once it has been worked: up to there, nothing more is charged
    than without the correction.
    """
    limits = metering.limits_of(grants_)
    running = [replace(one, offered=False) for one in running]
    first = metering.meter(stored, limits)
    corrected_at = max((one.end for one in stored), default=ZERO) + timedelta(seconds=later)
    gone = [replace(one, counted_until=corrected_at) for one in first]
    with_them, without = (metering.meter(running, limits, already=already) for already in (first, gone))
    for second in range(HORIZON):
        if at(second) < corrected_at and not charged_at(first, second):
            assert charged_at(without, second) == charged_at(with_them, second)


@given(histories, grants)
def test_metering_again_changes_nothing(history: list[Stretch], grants_: list[time_worked.Limit]) -> None:
    limits = metering.limits_of(grants_)
    once = metering.meter(history, limits)
    assert metering.meter(once, limits) == once


@given(histories, grants, st.tuples(st.integers(0, HORIZON).map(at), st.integers(1, 120)))
def test_a_further_consent_never_charges_what_came_before_it(
    history: list[Stretch], grants_: list[time_worked.Limit], further: time_worked.Limit
) -> None:
    before = metering.meter(history, metering.limits_of(grants_))
    after = metering.meter(history, metering.limits_of([*grants_, further]))
    for second in range(int((further[0] - ZERO).total_seconds())):
        assert charged_at(before, second) == charged_at(after, second)


@given(histories)
def test_worked_time_is_at_most_the_span_and_the_sum(history: list[Stretch]) -> None:
    seconds = time_worked.worked_seconds(history)
    assert seconds == len({second for second in range(HORIZON) if charged_at(history, second)})
    assert seconds <= sum((one.end - one.start).seconds for one in history)


@given(histories, st.randoms(use_true_random=False))
def test_the_order_of_sessions_does_not_matter(history: list[Stretch], random: Random) -> None:
    shuffled = random.sample(history, len(history))
    assert time_worked.worked_seconds(shuffled) == time_worked.worked_seconds(history)


@given(lengths, st.integers(1, 60))
def test_T2_price_is_the_least_number_of_tokens_that_covers_the_minutes(seconds: int, token_minutes: int) -> None:
    price = prices.price_in_tokens(seconds, token_minutes)
    assert price * token_minutes >= seconds // 60
    assert (price == 0) == (seconds == 0)
    assert price <= 1 or (price - 1) * token_minutes < seconds // 60


@given(lengths, st.integers(0, 20), st.integers(0, 6), st.sampled_from([20, 30]))
def test_the_price_never_exceeds_what_was_reserved(worked: int, free: int, tokens: int, token_minutes: int) -> None:
    worked = min(worked, prices.paid_seconds(free_minutes=free, tokens=tokens, token_minutes=token_minutes))
    price = prices.price_of_ticket(worked, free_seconds=free * 60, unit="token", token_minutes=token_minutes)
    assert price.tokens <= tokens
    assert price.free_minutes <= free
    in_minutes = prices.price_of_ticket(worked, free_seconds=free * 60, unit="minute")
    assert in_minutes.minutes <= tokens * token_minutes


@given(lengths, st.integers(0, 30))
def test_F2_no_second_is_paid_twice_or_lost(seconds: int, free_minutes: int) -> None:
    split = prices.split_free(seconds, free_minutes * 60)
    free_seconds = seconds - split.seconds_left
    assert 0 <= split.seconds_left <= seconds
    assert free_seconds <= free_minutes * 60
    assert split.free_minutes_spent == free_seconds // 60
    assert not split.seconds_left or split.free_minutes_spent == free_minutes


@given(st.integers(0, 7200), st.integers(0, 7200), st.integers(0, 600))
def test_the_clock_stops_exactly_where_the_meter_cuts(used: int, paid: int, gap: int) -> None:
    used = min(used, paid)
    since = at(used + gap)
    stops = metering.clock_stops_at(used, paid, since)
    history = [Stretch(at(0), at(used), True, 1), Stretch(since, stops + timedelta(seconds=60), True, 1)]
    parts = metering.meter(history, [(at(0), paid)])
    assert [part.start for part in parts if part.offered] == [stops]
    assert since <= metering.warning_at(used, paid, since) <= stops
