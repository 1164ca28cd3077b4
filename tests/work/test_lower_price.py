from carnet.ledger.models import Lot, Movement
from carnet.work.actions import cover_endings
from tests.factories.ledger import TEST, buckets, day, give_trial, moment, sell
from tests.factories.work import case_of, end, extend, open_cover, price, reopen, work, worked
from tests.proofs import ledger_faults


def lower(cover, *stretches, at="2027-02-03 12:00"):
    with case_of(cover) as case:
        work(case, *stretches, at=at)
        cover_endings.lower_price(case, by=TEST, at=moment(at))
    return case.cover


def closed_at_31(martins, claire):
    cover = extend(open_cover(martins, claire, ceiling=2), at="2027-01-11 12:35")
    return end(cover, worked("2027-01-11 12:05", "31:00"))


def test_T14_31_to_29_minutes_gives_one_token_back(martins, claire):
    lot = sell(martins, 8)
    cover = lower(closed_at_31(martins, claire), worked("2027-01-11 12:05", "29:00"))
    assert (price(cover), buckets(lot), ledger_faults(martins)) == ((0, 1), {"available": 7, "spent": 1}, [])
    line = Movement.objects.latest("sequence")
    assert (line.kind, line.rule, line.quantity, line.corrects.kind) == ("corrected", "T14", 1, "spent")


def test_T14_29_to_31_minutes_costs_nothing_more(martins, claire):
    lot = sell(martins, 8)
    cover = end(open_cover(martins, claire, ceiling=2), worked("2027-01-11 12:05", "29:00"))
    cover = lower(cover, worked("2027-01-11 12:05", "31:00"))
    assert (price(cover), buckets(lot)) == ((0, 1), {"available": 7, "spent": 1})


def test_T14_twice_is_once(martins, claire):
    lot = sell(martins, 8)
    cover = closed_at_31(martins, claire)
    for _ in range(2):
        cover = lower(cover, worked("2027-01-11 12:05", "29:00"))
    assert buckets(lot) == {"available": 7, "spent": 1}


def test_T14_then_lower_still(martins, claire):
    lot = sell(martins, 8)
    cover = lower(closed_at_31(martins, claire), worked("2027-01-11 12:05", "29:00"))
    cover = lower(cover, at="2027-02-04 12:00")
    assert (price(cover), buckets(lot), ledger_faults(martins)) == ((0, 0), {"available": 8}, [])


def test_T12_what_comes_back_by_our_mistake_lives_30_days(martins, claire):
    lot = sell(martins, 1, months=6)
    cover = end(open_cover(martins, claire), worked("2027-01-11 12:05", "10:00"))
    lower(cover, at="2027-07-20 12:00")
    assert (buckets(lot), Lot.objects.get(pk=lot.pk).last_day) == ({"available": 1}, day("2027-08-19"))


def test_T14_minutes_and_free_minutes_come_back_too(martins, claire):
    trial, pack = give_trial(martins, 6), sell(martins, 300, unit="minute")
    cover = extend(open_cover(martins, claire, means="trial", then="minutes"), at="2027-01-11 12:11")
    cover = extend(cover, at="2027-01-11 12:41")
    cover = end(cover, worked("2027-01-11 12:05", "46:00"))
    assert (cover.free_minutes_spent, cover.price_minutes) == (6, 40)
    cover = lower(cover, worked("2027-01-11 12:05", "38:00"))
    assert (cover.free_minutes_spent, cover.price_minutes, buckets(pack)) == (6, 32, {"available": 268, "spent": 32})
    cover = lower(cover, worked("2027-01-11 12:05", "5:00"), at="2027-02-04 12:00")
    assert (cover.free_minutes_spent, cover.price_minutes, buckets(trial)) == (5, 0, {"available": 1, "spent": 5})
    assert ledger_faults(martins) == []


def test_before_the_end_there_is_nothing_to_lower(martins, claire):
    sell(martins, 8)
    cover = open_cover(martins, claire)
    assert lower(cover).price_tokens is None


def test_L11_the_last_spent_comes_back_first(martins, claire):
    lot, first = sell(martins, 8), worked("2027-01-11 12:05", "12:00")
    cover = end(open_cover(martins, claire, ceiling=2), first)
    cover = reopen(cover, at="2027-02-02 12:00")
    cover = extend(cover, at="2027-02-02 12:28")
    cover = end(cover, first, worked("2027-02-02 12:10", "25:00"), at="2027-02-02 18:00")
    assert (price(cover), buckets(lot)) == ((0, 2), {"available": 6, "spent": 2})
    cover = lower(cover, first, at="2027-02-03 12:00")
    assert (price(cover), buckets(lot)) == ((0, 1), {"available": 7, "spent": 1})
    assert (price(lower(cover, at="2027-02-04 12:00")), buckets(lot)) == ((0, 0), {"available": 8})
    assert ledger_faults(martins) == []
