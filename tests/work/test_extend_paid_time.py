from carnet.audit.models import Entry
from carnet.ledger.models import Movement
from carnet.people.models import Membership
from carnet.provider import actions as provider
from tests.factories.ledger import TEST, buckets, give, give_trial, moment, sell
from tests.factories.work import end, extend, follow, limits, open_cover, paid, paid_seconds, worked

END_OF_FREE = "2027-01-11 12:20"


def test_F2_when_the_free_minutes_end_the_token_is_reserved(martins, claire):
    pack = sell(martins, 8)
    give_trial(martins)
    cover = extend(open_cover(martins, claire, means="trial", then="tokens"), at=END_OF_FREE)
    assert (cover.state, cover.means, cover.token_minutes, buckets(pack)) == (
        "covered", "tokens", 30, {"available": 7, "reserved": 1},
    )  # fmt: skip
    assert paid(cover)[1] == (moment(END_OF_FREE), 1800, "tokens")
    assert Movement.objects.latest("sequence").rule == "F2"
    assert limits(cover) == [(moment("2027-01-11 12:00"), 900), (moment(END_OF_FREE), 2700)]
    assert limits(cover)[0] == (moment("2027-01-11 12:00"), 900)
    assert paid_seconds(cover) == 2700


def test_F3_without_consent_the_clock_stops_and_the_ticket_waits(martins, claire):
    pack = sell(martins, 8)
    give_trial(martins)
    cover = extend(open_cover(martins, claire, means="trial"), at=END_OF_FREE)
    assert (cover.state, cover.means, cover.waiting_since, buckets(pack)) == (
        "waiting", "trial", moment(END_OF_FREE), {"available": 8},
    )  # fmt: skip


def test_T5_with_consent_and_no_unit_left_it_waits(martins, claire):
    cover = extend(open_cover(martins, claire, means="trial", then="tokens"), at=END_OF_FREE)
    assert (cover.is_waiting, cover.token_ceiling) == (True, 1)


def test_T4_at_the_ceiling_no_further_token_is_taken(martins, claire):
    pack = sell(martins, 8)
    cover = extend(open_cover(martins, claire), at="2027-01-11 13:00")
    assert (cover.is_waiting, cover.means, buckets(pack)) == (True, "tokens", {"available": 7, "reserved": 1})


def test_T4_below_the_ceiling_the_next_one_is(martins, claire):
    pack = sell(martins, 8)
    provider.change_setting(name="token_ceiling", value=2, by=TEST, at=moment("2027-01-11 12:00"))
    cover = extend(open_cover(martins, claire), at="2027-01-11 13:00")
    assert (cover.state, buckets(pack), Movement.objects.latest("sequence").rule) == (
        "covered", {"available": 6, "reserved": 2}, "T4",
    )  # fmt: skip
    assert extend(cover, at="2027-01-11 14:00").is_waiting


def test_T11_a_further_token_comes_from_a_live_lot(martins, claire):
    provider.change_setting(name="token_ceiling", value=2, by=TEST, at=moment("2027-01-11 12:00"))
    old = give(martins, 2, until="2027-01-11")
    cover = open_cover(martins, claire, at="2027-01-11 23:50")
    new = give(martins, 1, until="2027-02-11", at="2027-01-11 23:55")
    extend(cover, at="2027-01-12 00:20")
    assert (buckets(old), buckets(new)) == ({"available": 1, "reserved": 1}, {"reserved": 1})


def test_followed_twice_it_is_extended_once(martins, claire):
    pack = sell(martins, 8)
    give_trial(martins)
    provider.change_setting(name="token_ceiling", value=3, by=TEST, at=moment("2027-01-11 12:00"))
    cover = open_cover(martins, claire, means="trial", then="tokens")
    for _ in range(2):
        again = follow(cover, worked("2027-01-11 12:05", "15:00"), at=END_OF_FREE)
    assert (again.state, buckets(pack)) == ("covered", {"available": 7, "reserved": 1})


def test_too_early_nothing_happens(martins, claire):
    give_trial(martins)
    cover = open_cover(martins, claire, means="trial")
    cover = follow(cover, worked("2027-01-11 12:05", "14:54"), at=END_OF_FREE)
    assert (cover.state, cover.waiting_since) == ("covered", None)


def test_what_waits_goes_on_waiting_since_then(martins, claire):
    cover = open_cover(martins, claire)
    assert follow(cover, at="2027-01-11 13:00").waiting_since == moment("2027-01-11 12:00")


def test_what_has_ended_stays_so(martins, claire):
    sell(martins, 8)
    cover = end(open_cover(martins, claire))
    assert follow(cover, at="2027-02-02 12:00").has_ended


def test_for_a_person_removed_meanwhile_nothing_is_taken(martins, hugo):
    pack = sell(martins, 8)
    give_trial(martins)
    cover = open_cover(martins, hugo, means="trial", then="tokens")
    Membership.objects.filter(person=hugo).update(ended_at=moment("2027-01-11 12:10"))
    assert extend(cover, at=END_OF_FREE).is_waiting
    assert buckets(pack) == {"available": 8}


def test_the_worker_may_come_late(martins, claire):
    """What ended at 12:20 is paid from 12:20 on, though the journal was written on meanwhile."""
    sell(martins, 8)
    give_trial(martins)
    cover = open_cover(martins, claire, means="trial", then="tokens")
    give(martins, 1, at="2027-01-11 12:40")
    extend(cover, at=END_OF_FREE)
    assert paid(cover)[1][0] == moment(END_OF_FREE)
    assert Movement.objects.latest("sequence").at == moment("2027-01-11 12:40")


def test_it_is_audited(martins, claire):
    sell(martins, 8)
    give_trial(martins)
    cover = open_cover(martins, claire, means="trial", then="tokens")
    extend(cover, at=END_OF_FREE)
    extend(cover, at="2027-01-11 13:00")
    entries = Entry.objects.filter(code__startswith="cover.", subject_id=cover.pk).order_by("pk")
    assert [(entry.code, entry.details.get("used_seconds")) for entry in entries] == [
        ("cover.opened", None),
        ("cover.extended", 900),
        ("cover.used_up", 2700),
    ]
