import pytest

from carnet.audit.models import Entry
from carnet.ledger import queries as ledger
from carnet.ledger.models import Movement
from carnet.provider import actions as provider
from tests.factories.ledger import TEST, buckets, day, give, give_trial, moment, sell
from tests.factories.work import end, extend, open_cover, price, worked
from tests.proofs import ledger_faults

START = "2027-01-11 12:10"


@pytest.fixture
def pack(martins):
    return sell(martins, 8)


def with_tokens(number):
    """So many may be taken without asking."""
    provider.change_setting(name="token_ceiling", value=number, by=TEST, at=moment("2027-01-11 12:00"))


@pytest.mark.parametrize(
    ("lengths", "tokens"),
    [(["0:00"], 0), (["0:01"], 1), (["30:59"], 1), (["31:00"], 2), (["10:20"] * 3, 2), (["60:59"], 2), (["61:00"], 3)],
)
def test_T2_price_of_a_ticket(martins, claire, pack, lengths, tokens):
    with_tokens(3)
    cover = open_cover(martins, claire)
    for used in (30, 60):
        extend(cover, used, at="2027-01-11 12:05")
    starts = ["2027-01-11 12:10", "2027-01-11 14:10", "2027-01-12 12:10"]
    cover = end(cover, *(worked(start, length) for start, length in zip(starts, lengths, strict=False)))
    assert (price(cover), cover.price_minutes) == ((0, tokens), 0)
    assert buckets(pack) == {name: n for name, n in {"available": 8 - tokens, "spent": tokens}.items() if n}


def test_T2_overlapping_sessions_count_once(martins, claire, pack):
    cover = open_cover(martins, claire)
    cover = end(cover, worked("2027-01-11 12:10", "20:00"), worked("2027-01-11 12:20", "20:00", agent_id=2))
    assert price(cover) == (0, 1)


def test_T3_what_is_not_chargeable_costs_nothing(martins, claire, pack):
    cover = open_cover(martins, claire)
    assert price(end(cover, worked(START, "50:00", chargeable=False))) == (0, 0)
    assert buckets(pack) == {"available": 8}


def test_T4_34_minutes_without_consent_are_one_token(martins, claire, pack):
    cover = open_cover(martins, claire)
    assert price(end(cover, worked(START, "30:00"), worked("2027-01-11 12:40", "4:00", offered=True))) == (0, 1)


def test_T4_nothing_is_charged_beyond_the_paid_time_even_if_it_was_stored_so(martins, claire, pack):
    cover = open_cover(martins, claire)
    assert price(end(cover, worked(START, "90:00"))) == (0, 1)
    assert buckets(pack) == {"available": 7, "spent": 1}


def test_T9_waived_costs_nothing(martins, claire, pack):
    cover = open_cover(martins, claire)
    assert price(end(cover, worked(START, "20:00"), waived=True)) == (0, 0)
    assert buckets(pack) == {"available": 8}


def test_T11_a_token_of_a_lot_that_is_over(martins, claire):
    lot = give(martins, 1, until="2027-01-11")
    cover = open_cover(martins, claire, at="2027-01-11 23:50")
    cover = end(cover, worked("2027-01-12 09:00", "25:00"), at="2027-01-13 12:00")
    assert (price(cover), buckets(lot)) == ((0, 1), {"spent": 1})


def test_T12_released_because_of_us_it_lives_30_days_more(martins, claire):
    lot = give(martins, 1, until="2027-01-11")
    end(open_cover(martins, claire), waived=True, provider_caused=True, at="2027-02-01 12:00")
    assert (buckets(lot), lot.last_day) == ({"available": 1}, day("2027-03-03"))


def test_F1_free_minutes_worked_are_spent_in_whole_minutes_and_the_rest_released(martins, claire):
    lot = give_trial(martins)
    cover = end(open_cover(martins, claire, means="trial"), worked(START, "8:59"))
    assert (price(cover), buckets(lot)) == ((8, 0), {"available": 7, "spent": 8})
    lines = [(line.kind, line.rule, line.quantity) for line in ledger.movements_of(martins) if line.quantity][2:]
    assert lines == [("spent", "F1", 8), ("released", "T12", 7)]


def test_F1_less_than_a_minute_spends_nothing(martins, claire):
    lot = give_trial(martins)
    assert price(end(open_cover(martins, claire, means="trial"), worked(START, "0:59"))) == (0, 0)
    assert buckets(lot) == {"available": 15}


def test_F2_6_free_then_28_are_one_token(martins, claire, pack):
    trial = give_trial(martins)
    first = open_cover(martins, claire, 1, "trial")
    assert price(end(first, worked(START, "9:30"), at="2027-01-11 13:00")) == (9, 0)
    second = open_cover(martins, claire, 2, "trial", then="tokens", at="2027-01-12 12:00")
    assert second.free_minutes == 6
    second = extend(second, 6, at="2027-01-12 12:16")
    second = end(second, worked("2027-01-12 12:10", "34:00"))
    assert (price(second), buckets(trial), buckets(pack)) == ((6, 1), {"spent": 15}, {"available": 7, "spent": 1})


def test_F2_6_free_and_10_worked_are_6_and_a_token(martins, claire, pack):
    give_trial(martins, 6)
    cover = extend(open_cover(martins, claire, means="trial", then="tokens"), 6, at="2027-01-11 12:16")
    assert price(end(cover, worked(START, "10:00"))) == (6, 1)


def test_F2_what_the_free_minutes_paid_alone_costs_no_token(martins, claire, pack):
    give_trial(martins)
    cover = open_cover(martins, claire, means="trial", then="tokens")
    assert price(end(cover, worked(START, "14:00"))) == (14, 0)
    assert buckets(pack) == {"available": 8}


def test_T2_a_token_reserved_and_not_worked_on_comes_back(martins, claire, pack):
    give_trial(martins)
    cover = extend(open_cover(martins, claire, means="trial", then="tokens"), 15, at="2027-01-11 12:25")
    assert price(end(cover, worked(START, "15:00"))) == (15, 0)
    assert buckets(pack) == {"available": 8}


def test_F3_used_up_and_not_covered_again_it_costs_the_free_minutes(martins, claire):
    lot = give_trial(martins)
    cover = extend(open_cover(martins, claire, means="trial"), 15, at="2027-01-11 12:25")
    cover = end(cover, worked(START, "20:00"))
    assert (price(cover), cover.state, buckets(lot)) == ((15, 0), "ended", {"spent": 15})


def test_T15_never_covered_it_ends_at_0(martins, claire):
    cover = end(open_cover(martins, claire), worked(START, "20:00"))
    assert (cover.state, price(cover), cover.ended_at) == ("ended", (0, 0), moment("2027-02-01 12:00"))
    assert Movement.objects.count() == 0


def test_L12_ended_twice_it_costs_once(martins, claire, pack):
    cover = open_cover(martins, claire)
    first = end(cover, worked(START, "10:00"))
    again = end(cover, worked(START, "10:00"), worked("2027-01-11 13:10", "10:00"), waived=True, at="2027-03-01 12:00")
    assert (price(again), again.ended_at, buckets(pack)) == ((0, 1), first.ended_at, {"available": 7, "spent": 1})
    assert Entry.objects.filter(code="cover.ended").count() == 1


def test_it_is_audited_and_the_ledger_agrees(martins, claire, pack):
    cover = end(open_cover(martins, claire), worked(START, "10:00"))
    entry = Entry.objects.get(code="cover.ended")
    assert (entry.subject_id, entry.customer_id) == (cover.pk, martins.pk)
    assert entry.details == {"tokens": 1, "minutes": 0, "free_minutes": 0, "waived": False}
    assert ledger_faults(martins) == []
