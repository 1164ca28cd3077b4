"""T10, H1, H5: what tickets cost together, in tables and against all ways to lay them together."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.ledger.rules import Unit
from carnet.work.rules import merging, prices
from carnet.work.rules.merging import Merged
from tests.work.household import partitions


def works(*told: str, least: Sequence[int] = ()) -> list[Merged]:
    """«minutes:seconds» of each."""
    lengths = [int(minutes) * 60 + int(seconds) for minutes, seconds in (one.split(":") for one in told)]
    return [Merged(length, low) for length, low in itertools.zip_longest(lengths, least, fillvalue=0)]


@pytest.mark.parametrize(
    ("apart", "tokens"),
    [
        (["12:00", "14:00"], 1), (["20:00", "15:00"], 2), (["30:30", "30:30"], 2), (["0:00", "9:00"], 1),
        (["30:00", "30:00", "0:00"], 2), (["10:00", "10:00", "10:00", "30:00"], 2), (["0:00"], 0), ([], 0),
        # Together they are 61:00, which would be 3; two of them and one apart are 2.
        (["15:15", "15:15", "30:30"], 2),
    ],
)  # fmt: skip
def test_T10_in_tokens_in_every_order(apart: list[str], tokens: int) -> None:
    for order in itertools.permutations(apart):
        assert merging.price_after_merging(works(*order), "token") == tokens


@pytest.mark.parametrize(
    ("apart", "least", "minutes"),
    [
        (["8:59", "8:59"], [0, 0], 16),
        (["10:00", "10:00"], [30, 0], 30),
        (["10:00", "45:00"], [30, 0], 55),
        (["0:00", "45:00"], [30, 0], 45),
        (["10:00", "10:00", "10:30", "0:59"], [30, 30, 0, 0], 30),
    ],
)
def test_T10_H1_in_minutes_in_every_order(apart: list[str], least: list[int], minutes: int) -> None:
    for order in itertools.permutations(works(*apart, least=least)):
        assert merging.price_after_merging(order, "minute") == minutes


units = st.sampled_from(["token", "minute"])
lengths = st.one_of(st.integers(0, 4000), st.sampled_from([915, 930, 1859, 1830]))
some_works = st.lists(st.builds(Merged, lengths, st.sampled_from([0, 30])), max_size=4)


def apart(work: Merged, unit: Unit) -> int:
    return merging.price_after_merging([work], unit)


@given(some_works, units)
def test_case_J2_it_is_the_lowest_of_all_ways_to_lay_them_together(told: list[Merged], unit: Unit) -> None:
    sums = []
    for parts in partitions(list(range(len(told)))):
        price = 0
        for part in parts:
            mine = [told[place] for place in part if told[place].seconds]
            least = max((one.least_minutes for one in mine), default=0) if unit == "minute" else 0
            price += prices.price_of_ticket(sum(one.seconds for one in mine), unit=unit, least_minutes=least).tokens
            price += prices.price_of_ticket(sum(one.seconds for one in mine), unit=unit, least_minutes=least).minutes
        sums.append(price)
    assert merging.price_after_merging(told, unit) == min(sums)


@given(some_works, st.builds(Merged, st.integers(0, 4000), st.sampled_from([0, 30])), units)
def test_case_J2_one_more_costs_at_most_what_it_costs_apart(told: list[Merged], more: Merged, unit: Unit) -> None:
    together = merging.price_after_merging([*told, more], unit)
    assert together <= merging.price_after_merging(told, unit) + apart(more, unit)
    assert together >= merging.price_after_merging(told, unit) - (30 if unit == "minute" else 1) * len(told)


@given(some_works, units, st.integers(0, 3), st.integers(0, 90))
def test_case_J2_what_may_be_worked_can_be_paid(told: list[Merged], unit: Unit, tokens: int, minutes: int) -> None:
    """As long as it is payable, the price stays within what all hold; of one kind, and mixed (H5)."""
    price = merging.price_after_merging(told, unit)
    tokens, minutes = (tokens + price, minutes) if unit == "token" else (tokens, minutes + price)
    payable = merging.payable_seconds(told, unit, tokens=tokens, minutes=minutes)
    assert payable >= 0
    for seconds in {0, payable // 2, payable}:
        mixed = merging.price_mixed_and_merged(seconds, told, unit, tokens=tokens, minutes=minutes)
        assert mixed[0] <= tokens
        assert mixed[1] <= minutes
    if unit == "token" and not minutes:
        assert merging.price_after_merging([Merged(payable), *told], unit) <= tokens


def test_T10_with_nothing_merged_all_that_is_held_may_be_worked() -> None:
    assert merging.payable_seconds([], "token", tokens=2, minutes=15) == 75 * 60
    assert merging.payable_seconds(works("12:00"), "token", tokens=1, minutes=0) == 18 * 60
    assert merging.payable_seconds(works("30:30", "30:30"), "token", tokens=3, minutes=0) == 30 * 60
