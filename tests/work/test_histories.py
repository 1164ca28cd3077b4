"""Random tickets through the actions, against a reckoning that is written apart from the rules (`reference`)."""

import datetime
import os
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carnet.kernel.refused import Refused
from carnet.ledger import queries as ledger
from carnet.ledger.journal import Account
from carnet.ledger.models import CustomerLedger, Lot
from carnet.ledger.rules import FREE, Unit
from carnet.work.actions import clocks, cover_endings, covers, time_passing
from carnet.work.models import Cover, RunningWork
from carnet.work.queries import covers as queries
from carnet.work.queries.cases import Case
from carnet.work.rules import prices
from tests.factories.ledger import TEST, give_trial, moment, sell, take
from tests.factories.work import case_of, open_cover
from tests.proofs import ledger_faults
from tests.work.reference import TOKEN, Reckoning

# At a month's end, on 29 February, over the nights of 23 and of 25 hours in Paris.
BEGINNINGS = ["2027-01-31 22:00", "2028-02-29 22:00", "2027-03-28 00:30", "2027-10-31 00:30"]
EXAMPLES = int(os.environ.get("CARNET_EXAMPLES") or (100 if os.environ.get("CI") else 25))
PURE_EXAMPLES = int(os.environ.get("CARNET_EXAMPLES") or (1000 if os.environ.get("CI") else 200))

seconds = st.one_of(
    st.integers(1, 900), st.sampled_from([60, 900, 1740, 1799, 1800, 1801, 1859, 1860, 2700, 3600, 5400])
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("work"), seconds),
        st.tuples(st.just("work"), seconds),
        st.tuples(
            st.just("agree"),
            st.sampled_from([("tokens", 1), ("tokens", 2), ("tokens", 4), ("minutes", 30), ("minutes", 75)]),
        ),
    ),
    max_size=6,
)
purses = st.fixed_dictionaries(
    {
        "free": st.sampled_from([0, 0, 6, 15]),
        "tokens": st.integers(0, 3),
        "minutes": st.sampled_from([0, 12, 20, 60, 300]),
    }
)
ways = st.sampled_from([("tokens", ""), ("minutes", ""), ("trial", ""), ("trial", "tokens"), ("trial", "minutes")])


def reckoning_of(purse: dict[str, int], means: str, then: str) -> Reckoning:
    """The ticket as it is opened: ⚙ token_ceiling 1, ⚙ minute_ceiling 60."""
    unit = then or means
    reckoning = Reckoning(
        free_minutes=purse["free"] if means == "trial" else 0,
        tokens=purse["tokens"],
        minutes=purse["minutes"],
        tokens_agreed=1 if unit == "tokens" else 0,
        minutes_agreed=60 if unit == "minutes" else 0,
    )
    reckoning.open()
    return reckoning


@settings(max_examples=PURE_EXAMPLES, deadline=None)
@given(purses, ways, steps)
def test_the_pure_rules_agree_with_the_reckoning(purse: dict[str, int], way: tuple[str, str], told: Any) -> None:
    reckoning = reckoning_of(purse, *way)
    for verb, what in told:
        if verb == "work":
            reckoning.work(what)
        else:
            reckoning.agree(*what)
    worked = reckoning.free_seconds + reckoning.paid_seconds
    unit: Unit | None = "minute" if reckoning.minutes_taken else "token" if reckoning.tokens_taken else None
    price = prices.price_of_ticket(
        worked,
        free_seconds=reckoning.free_minutes * 60,
        unit=unit,
        tokens_held=reckoning.tokens_taken,
        minutes_held=reckoning.minutes_taken,
        least_minutes=reckoning.least,
    )
    assert (price.free_minutes, price.tokens, price.minutes) == reckoning.price()
    assert price.tokens <= reckoning.tokens_taken
    assert price.minutes <= reckoning.minutes_taken
    held = prices.paid_seconds(
        free_minutes=reckoning.free_minutes, tokens=reckoning.tokens_taken, minutes=reckoning.minutes_taken
    )
    assert worked <= held


class Story:
    """One ticket told to the actions: work in one piece after the other, as its clock would cut it."""

    def __init__(self, customer: Any, person: Any, purse: dict[str, int], means: str, then: str, start: str) -> None:
        self.at = moment(start)
        give_trial(customer, purse["free"] or 1, at=start)
        if not purse["free"]:
            take(person, customer, 99, quantity=1, unit="minute", origins=FREE, at=start)
        for unit in ("tokens", "minutes"):
            if purse[unit]:
                sell(customer, purse[unit], unit=unit[:-1], at=start)
        self.cover = open_cover(customer, person, means, then=then, at=start)

    def work(self, length: int) -> None:
        """A clock runs so long, and goes on whatever is paid."""
        end = self.at + datetime.timedelta(seconds=length)
        with case_of(self.cover) as case:
            clock = RunningWork(
                agent_id=self.cover.person_id, cover=case.cover, kind="chargeable", started_at=self.at,
                last_sign_at=end, goes_on=True,
            )  # fmt: skip
            case.clocks.append(clock)
            # What is used up at the end is followed when more is worked.
            time_passing.follow(case, at=end - datetime.timedelta.resolution)
            clocks.record(case, clock, reason="", at=end)
        self.cover, self.at = case.cover, end

    def agree(self, unit: str, upto: int) -> None:
        ceiling = max(upto, queries.ceiling(self.cover, unit))
        try:
            with case_of(self.cover) as case:
                covers.set_ceiling(case, means=unit, ceiling=ceiling, by=TEST, at=self.at)
            self.cover = case.cover
        except Refused:
            self.cover.refresh_from_db()

    def charged(self) -> int:
        return Case(self.cover, account=Account.of(CustomerLedger())).worked_seconds

    def end(self) -> Cover:
        with case_of(self.cover) as case:
            cover_endings.end(case, by=TEST, at=self.at)
        return case.cover


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(purse=purses, way=ways, told=steps, start=st.sampled_from(BEGINNINGS))
def test_the_actions_agree_with_the_reckoning(martins, claire, purse, way, told, start) -> None:
    with transaction.atomic():
        reckoning, story = reckoning_of(purse, *way), Story(martins, claire, purse, way[0], way[1], start)
        assert story.cover.is_waiting == reckoning.is_waiting
        for verb, what in told:
            if verb == "work":
                reckoning.work(what)
                story.work(what)
            elif reckoning.is_waiting and not _could_take(reckoning, *what):
                story.agree(*what)  # refused: nothing is there, and the ceiling stays
            else:
                reckoning.agree(*what)
                story.agree(*what)
            assert story.charged() == reckoning.free_seconds + reckoning.paid_seconds
        cover = story.end()
        assert (cover.free_minutes_spent, cover.price_tokens, cover.price_minutes) == reckoning.price()
        assert story.end().settled_count == 1
        for lot in Lot.objects.filter(customer=martins):
            assert lot.available + lot.reserved + lot.spent == lot.quantity
            assert lot.number == 1 or lot.reserved == 0
        assert ledger_faults(martins) == []
        assert CustomerLedger.objects.get().last_at == ledger.movements_of(martins).last().at
        transaction.set_rollback(True)


def _could_take(reckoning: Reckoning, unit: str, upto: int) -> bool:
    if unit == "tokens":
        return reckoning.tokens > 0 and reckoning.tokens_taken < max(upto, reckoning.tokens_agreed)
    return reckoning.minutes > 0 and reckoning.minutes_taken < max(upto, reckoning.minutes_agreed)


def test_T7_the_rest_of_the_30_minutes_pays_for_no_other_subject() -> None:
    first, second = (reckoning_of({"free": 0, "tokens": 1, "minutes": 0}, "tokens", "") for _ in range(2))
    for one in (first, second):
        one.work(12 * 60)
    assert (first.price(), second.price()) == ((0, 1, 0), (0, 1, 0))
    assert prices.price_in_tokens(12 * 60, TOKEN) * 2 == 2
