"""L10, L12: covers opened, ended and resumed at once, and broken off between any two statements."""

from collections import Counter
from functools import partial

import pytest

from carnet.ledger.models import Lot, Movement
from carnet.work.actions import covers
from carnet.work.models import Cover, PaidTime
from tests.factories.breaks import break_everywhere
from tests.factories.ledger import TEST, buckets, give, give_trial, moment, sell
from tests.factories.processes import all_at_once
from tests.factories.work import end, extend, open_cover, price, worked
from tests.proofs import ledger_faults

pytestmark = pytest.mark.django_db(transaction=True)
WORK = worked("2027-01-11 12:10", "34:00")


def test_L10_one_token_and_fifty_questions(martins, claire):
    lot = give(martins, 1)
    covers = all_at_once([partial(open_cover, martins, claire, number) for number in range(1, 51)])
    assert Counter(cover.state for cover in covers) == {"covered": 1, "waiting": 49}
    assert (buckets(lot), ledger_faults(martins)) == ({"reserved": 1}, [])


def test_F1_two_questions_ask_for_the_free_minutes_at_once(martins, claire, hugo):
    acts = [partial(open_cover, martins, person, n, "trial") for n, person in enumerate((claire, hugo))]
    covers = all_at_once(acts)
    assert sorted((cover.state, cover.free_minutes) for cover in covers) == [("covered", 15), ("waiting", 0)]
    assert Lot.objects.count() == 1


def test_L12_one_question_opened_by_a_double_click(martins, claire):
    lot = sell(martins, 5)
    covers = all_at_once([partial(open_cover, martins, claire) for _ in range(8)])
    assert {cover.pk for cover in covers} == {Cover.objects.get().pk}
    assert buckets(lot) == {"available": 4, "reserved": 1}


def test_L12_ended_by_the_customer_and_by_time_at_once(martins, claire):
    lot = sell(martins, 5)
    cover = open_cover(martins, claire)
    ended = all_at_once([partial(end, cover, WORK) for _ in range(8)])
    assert {price(one) for one in ended} == {(0, 1)}
    assert (buckets(lot), ledger_faults(martins)) == ({"available": 4, "spent": 1}, [])


def test_ended_and_extended_at_once(martins, claire):
    lot = sell(martins, 5)
    give_trial(martins)
    cover = open_cover(martins, claire, means="trial", then="tokens")
    acts = [partial(extend, cover, 15, at="2027-01-11 12:25") for _ in range(4)]
    results = all_at_once([*acts, partial(end, cover, WORK, at="2027-01-11 12:44")])
    assert {type(result).__name__ for result in results} <= {"Cover", "CoverEnded"}
    cover.refresh_from_db()
    spent = cover.price_tokens
    assert (cover.state, spent in (0, 1), cover.free_minutes_spent) == ("ended", True, 15)
    assert buckets(lot) == {name: units for name, units in {"available": 5 - spent, "spent": spent}.items() if units}
    assert ledger_faults(martins) == []


def test_T5_what_waits_is_covered_once_by_several_workers(martins, claire):
    waiting = [open_cover(martins, claire, number) for number in range(1, 4)]
    lot = sell(martins, 2, at="2027-01-12 12:00")
    act = partial(covers.cover_waiting, customer=martins, by=TEST, at=moment("2027-01-12 12:01"))
    resumed = all_at_once([act] * 6)
    assert sorted(cover.pk for found in resumed for cover in found) == [cover.pk for cover in waiting[:2]]
    assert (buckets(lot), PaidTime.objects.count()) == ({"reserved": 2}, 2)


def picture():
    tables = (Cover, PaidTime, Lot, Movement)
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.mark.parametrize("verb", ["open", "extend", "end", "resume"])
def test_an_error_between_any_two_statements(martins, claire, verb):
    sell(martins, 5)
    give_trial(martins)
    cover = open_cover(martins, claire, 1, "trial", then="tokens")
    if verb == "end":
        extend(cover, 15, at="2027-01-11 12:25")
    if verb == "resume":
        give_up = open_cover(martins, claire, 2, "none")
        assert give_up.is_waiting
    act = {
        "open": partial(open_cover, martins, claire, 3),
        "extend": partial(extend, cover, 15, at="2027-01-11 12:25"),
        "end": partial(end, cover, WORK),
        "resume": partial(covers.cover_waiting, customer=martins, by=TEST, at=moment("2027-01-12 12:00")),
    }[verb]
    before = picture()
    assert break_everywhere(act, picture) > 10
    assert (picture() == before, ledger_faults(martins)) == (False, [])
