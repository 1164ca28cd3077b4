import pytest

from carnet.work import queries
from carnet.work.actions import endings
from tests.factories.ledger import TEST, buckets, give_trial, moment, sell
from tests.factories.work import end, extend, open_cover, price, worked
from tests.proofs import ledger_faults

FIRST = worked("2027-01-11 12:05", "12:00")


def reopen(cover, minutes, at="2027-02-03 12:00"):
    return endings.reopen_cover(cover=cover, used_seconds=int(minutes * 60), by=TEST, at=moment(at))


def again(cover, *stretches):
    return end(cover, *stretches, at="2027-02-04 12:00")


def test_T8_12_and_10_minutes_are_one_token(martins, claire):
    lot = sell(martins, 8)
    cover = reopen(end(open_cover(martins, claire), FIRST), 12)
    assert (cover.state, cover.price_tokens, buckets(lot)) == ("covered", None, {"available": 7, "spent": 1})
    cover = again(cover, FIRST, worked("2027-02-03 12:10", "10:00"))
    assert (price(cover), buckets(lot), ledger_faults(martins)) == ((0, 1), {"available": 7, "spent": 1}, [])


def test_T8_beyond_the_token_it_waits_for_consent_and_a_second_one_is_spent(martins, claire):
    lot = sell(martins, 8)
    cover = end(open_cover(martins, claire, ceiling=2), FIRST)
    cover = extend(reopen(cover, 12), 30, at="2027-02-03 12:28")
    assert buckets(lot) == {"available": 6, "reserved": 1, "spent": 1}
    cover = again(cover, FIRST, worked("2027-02-03 12:10", "19:00"))
    assert (price(cover), buckets(lot)) == ((0, 2), {"available": 6, "spent": 2})


def test_T8_what_was_released_is_not_paid_any_more(martins, claire):
    lot = sell(martins, 8)
    cover = end(open_cover(martins, claire))
    assert (price(cover), buckets(lot), queries.paid_seconds_in_all(cover)) == ((0, 0), {"available": 8}, 0)
    cover = reopen(cover, 0)
    assert (cover.state, buckets(lot), queries.paid_seconds_in_all(cover)) == (
        "covered",
        {"available": 7, "reserved": 1},
        1800,
    )


def test_T8_free_minutes_that_are_left_are_reserved_again(martins, claire):
    trial = give_trial(martins)
    cover = end(open_cover(martins, claire, means="trial"), worked("2027-01-11 12:05", "6:40"))
    assert buckets(trial) == {"available": 9, "spent": 6}
    cover = reopen(cover, 400 / 60)
    assert (cover.free_minutes, cover.free_seconds, buckets(trial)) == (15, 940, {"reserved": 9, "spent": 6})
    cover = again(cover, worked("2027-01-11 12:05", "6:40"), worked("2027-02-03 12:10", "9:00"))
    assert (price(cover), buckets(trial)) == ((15, 0), {"spent": 15})


def test_T8_the_started_free_minute_stays_free(martins, claire):
    give_trial(martins)
    first = worked("2027-01-11 12:05", "6:40")
    cover = end(open_cover(martins, claire, means="trial"), first)
    # The rest lapses meanwhile (F2), and nothing further is worked.
    cover = reopen(cover, 400 / 60, at="2027-02-12 12:00")
    assert (cover.state, cover.waits_for) == ("waiting", "units")
    assert price(end(cover, first, at="2027-02-20 12:00")) == (6, 0)


def test_T8_minutes_go_on_where_they_were(martins, claire):
    pack = sell(martins, 300, unit="minute")
    end(open_cover(martins, claire, 1, "minutes"), worked("2027-01-11 12:05", "30:00"))
    cover = end(open_cover(martins, claire, 2, "minutes"), FIRST)
    assert (cover.price_minutes, queries.paid_seconds_in_all(cover)) == (12, 720)
    cover = reopen(cover, 12)
    assert (buckets(pack), queries.paid_seconds_in_all(cover)) == (
        {"available": 243, "reserved": 15, "spent": 42},
        1620,
    )
    cover = again(cover, FIRST, worked("2027-02-03 12:10", "10:30"))
    assert (cover.price_minutes, buckets(pack)) == (22, {"available": 248, "spent": 52})


def test_what_has_not_ended_is_not_reopened(martins, claire):
    sell(martins, 8)
    cover = open_cover(martins, claire)
    assert reopen(cover, 0).paid_times.count() == 1


@pytest.mark.parametrize("times", [2, 3])
def test_T8_again_and_again(martins, claire, times):
    lot = sell(martins, 8)
    cover, stretches = end(open_cover(martins, claire), FIRST), [FIRST]
    for n in range(times):
        cover = reopen(cover, 12 + 5 * n, at=f"2027-02-0{n + 3} 12:00")
        stretches.append(worked(f"2027-02-0{n + 3} 12:10", "5:00"))
        cover = end(cover, *stretches, at=f"2027-02-0{n + 3} 18:00")
        assert (price(cover), buckets(lot)) == ((0, 1), {"available": 7, "spent": 1})
