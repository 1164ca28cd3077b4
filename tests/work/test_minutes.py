"""Tickets paid by minutes, from opening to closing (H1–H5)."""

import pytest

from carnet.ledger import queries as ledger
from carnet.work.models import Cover, IndivisiblePart
from carnet.work.queries import covers as queries
from tests.factories.ledger import buckets, give, give_trial, lines, moment, sell
from tests.factories.work import agree, end, extend, open_cover, paid_seconds, worked
from tests.proofs import ledger_faults


@pytest.fixture
def pack(martins):
    return sell(martins, 300, unit="minute")


def ask(martins, claire, number=1, *, minutes=0, means="minutes", close=True):
    """A ticket on which so many minutes are worked; its price in minutes."""
    cover = open_cover(martins, claire, means)
    while minutes * 60 > paid_seconds(cover):
        cover = extend(cover, at="2027-01-11 13:00")
        assert not cover.is_waiting
    return finish(cover, minutes) if close else cover


def finish(cover, minutes):
    work = [worked("2027-01-11 14:00", f"{minutes}:00")] if minutes else []
    return end(cover, *work, at="2027-01-12 12:00").price_minutes


def test_H1_tickets_of_10_45_and_8_cost_83(martins, claire, pack):
    assert [ask(martins, claire, n, minutes=m) for n, m in ((1, 10), (2, 45), (3, 8))] == [30, 45, 8]
    assert (buckets(pack), ledger_faults(martins)) == ({"available": 217, "spent": 83}, [])


def test_H1_40_and_10_both_open_cost_50_whichever_closes_first(martins, claire, pack):
    first = ask(martins, claire, 1, minutes=40, close=False)
    second = ask(martins, claire, 2, minutes=10, close=False)
    assert (finish(second, 10), finish(first, 40)) == (10, 40)
    assert buckets(pack) == {"available": 250, "spent": 50}


def test_H1_the_first_one_that_closes_last_pays_30(martins, claire, pack):
    first = ask(martins, claire, 1, close=False)
    assert ask(martins, claire, 2, minutes=10) == 10
    assert finish(first, 5) == 30


def test_H1_the_next_one_opened_if_the_first_ends_without_a_second(martins, claire, pack):
    first = ask(martins, claire, 1, close=False)
    meanwhile = ask(martins, claire, 2, close=False)
    assert finish(first, 0) == 0
    assert not IndivisiblePart.objects.exists()
    assert [ask(martins, claire, n, minutes=5) for n in (3, 4)] == [30, 5]
    # It was told at its opening that it costs to the minute, and does.
    assert finish(meanwhile, 6) == 6


def test_H2_8_59_are_8(martins, claire, pack):
    ask(martins, claire, 1, minutes=30)
    cover = open_cover(martins, claire, "minutes")
    assert end(cover, worked("2027-01-11 14:00", "8:59")).price_minutes == 8


def test_H3_25_minutes_from_12_and_a_new_lot(martins, claire):
    old = sell(martins, 60, unit="minute")
    ask(martins, claire, 1, minutes=48)
    new = sell(martins, 120, unit="minute", at="2027-01-13 12:00")
    assert ask(martins, claire, 2, minutes=25) == 25
    assert (buckets(old), buckets(new)) == ({"spent": 60}, {"available": 107, "spent": 13})
    assert ask(martins, claire, 3, minutes=5) == 5


def test_H3_a_lot_that_was_reserved_and_not_entered_is_as_new(martins, claire):
    old = sell(martins, 60, unit="minute")
    ask(martins, claire, 1, minutes=48)
    new = sell(martins, 120, unit="minute", at="2027-01-13 12:00")
    assert ask(martins, claire, 2, minutes=12) == 12
    assert (buckets(old), buckets(new)) == ({"spent": 60}, {"available": 120})
    assert ask(martins, claire, 3, minutes=5) == 30


def test_H4_47_minutes_reserve_60_and_release_13(martins, claire, pack):
    assert ask(martins, claire, minutes=47) == 47
    moved = [line[0::3] for line in lines(list(ledger.movements_of(martins)))]
    assert moved == [
        ("opened", 300),
        ("reserved", 30),
        ("reserved", 15),
        ("reserved", 15),
        ("spent", 47),
        ("released", 13),
    ]


def test_H4_at_the_ceiling_it_waits_for_consent(martins, claire, pack):
    cover = ask(martins, claire, minutes=60, close=False)
    cover = extend(cover, at="2027-01-11 15:00")
    assert (cover.state, cover.waits_for) == ("waiting", "consent")
    cover = agree(cover, "minutes", 75, at="2027-01-11 15:10")
    assert (cover.state, queries.units_had(cover)[Cover.Means.MINUTES], buckets(pack)["reserved"]) == (
        "covered",
        75,
        75,
    )


def test_H4_with_nothing_left_it_waits_for_units(martins, claire):
    give(martins, 40, unit="minute")
    cover = extend(ask(martins, claire, minutes=40, close=False), at="2027-01-11 15:00")
    assert (cover.state, cover.waits_for) == ("waiting", "units")


def test_H5_never_mixed_without_consent(martins, claire, pack):
    sell(martins, 1)
    cover = extend(open_cover(martins, claire, "tokens"), at="2027-01-11 12:40")
    assert (cover.state, cover.waits_for, buckets(pack)) == ("waiting", "consent", {"available": 300})
    (offer,) = queries.offers(cover, moment("2027-01-11 12:40"))
    assert (offer.means, offer.step, offer.ceiling, offer.is_other_kind) == ("minutes", 30, 30, True)


def test_H5_with_consent_one_token_and_11_minutes(martins, claire, pack):
    carnet = sell(martins, 1)
    cover = extend(open_cover(martins, claire, "tokens"), at="2027-01-11 12:40")
    cover = agree(cover, "minutes", 30, at="2027-01-11 12:45")
    assert (cover.state, cover.least_minutes) == ("covered", 0)
    cover = end(cover, worked("2027-01-11 12:05", "30:00"), worked("2027-01-11 12:46", "11:00"))
    assert (cover.price_tokens, cover.price_minutes) == (1, 11)
    assert (buckets(carnet), buckets(pack)) == ({"spent": 1}, {"available": 289, "spent": 11})
    # H1 is considered used.
    assert ask(martins, claire, 2, minutes=4) == 4


def test_H5_a_token_after_minutes_covers_its_30_in_full(martins, claire):
    hours = sell(martins, 20, unit="minute")
    carnet = sell(martins, 1)
    cover = extend(open_cover(martins, claire, "minutes"), at="2027-01-11 12:30")
    cover = agree(cover, "tokens", 1, at="2027-01-11 12:31")
    cover = end(cover, worked("2027-01-11 12:05", "20:00"), worked("2027-01-11 12:40", "21:00"))
    assert (cover.price_tokens, cover.price_minutes) == (1, 11)
    assert (buckets(carnet), buckets(hours)) == ({"spent": 1}, {"available": 9, "spent": 11})


def test_F2_6_free_minutes_then_to_the_minute(martins, claire, pack):
    give_trial(martins, 6)
    cover = extend(open_cover(martins, claire, "trial", then="minutes"), at="2027-01-11 12:10")
    assert (cover.means, buckets(pack)["reserved"], cover.least_minutes) == ("minutes", 30, 30)
    cover = end(cover, worked("2027-01-11 12:04", "34:30"))
    assert (cover.free_minutes_spent, cover.price_minutes) == (6, 30)
