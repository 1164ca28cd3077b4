import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from carnet.audit.models import Entry
from carnet.ledger import queries as ledger_queries
from carnet.ledger.actions import lots
from carnet.ledger.models import Hold, Movement
from carnet.ledger.rules import FREE
from carnet.people.models import Membership
from carnet.provider import actions as provider
from carnet.work.actions import covers
from carnet.work.models import Cover, PaidTime
from carnet.work.queries import covers as queries
from tests.factories.ledger import TEST, buckets, day, give, give_trial, lines, moment, sell, take
from tests.factories.people import make_member
from tests.factories.work import limits, open_cover, paid, paid_seconds
from tests.proofs import ledger_faults


def test_T1_a_token_is_reserved(martins, claire):
    lot = sell(martins, 8)
    cover = open_cover(martins, claire)
    assert (cover.state, cover.means, cover.covered_at, cover.waiting_since) == (
        "covered", "tokens", moment("2027-01-11 12:00"), None,
    )  # fmt: skip
    assert (cover.token_ceiling, cover.token_minutes, cover.free_minutes) == (1, 30, 0)
    assert buckets(lot) == {"available": 7, "reserved": 1}
    assert paid(cover) == [(moment("2027-01-11 12:00"), 1800, "tokens")]
    assert Movement.objects.get(kind="reserved").rule == "T1"
    assert (str(cover), str(cover.paid_times.get())) == (
        f"cover {cover.pk} by tokens, covered", "1800 s from 2027-01-11 11:00:00+00:00",
    )  # fmt: skip


def test_T2_a_token_pays_for_what_its_lot_says(martins, claire):
    pack = lots.Pack("token", 5, validity_months=12, token_minutes=20)
    lots.open_lot(customer=martins, content=pack, by=TEST, at=moment("2027-01-11 12:00"), key="k")
    cover = open_cover(martins, claire)
    assert (cover.token_minutes, paid(cover)[0][1]) == (20, 1200)


def test_T4_the_ceiling_is_fixed_at_opening(martins, claire):
    sell(martins, 8)
    provider.change_setting(name="token_ceiling", value=3, by=TEST, at=moment("2027-01-11 12:00"))
    cover = open_cover(martins, claire)
    provider.change_setting(name="token_ceiling", value=1, by=TEST, at=moment("2027-01-11 12:00"))
    cover.refresh_from_db()
    assert cover.token_ceiling == 3


def test_F1_all_free_minutes_that_are_left_are_reserved(martins, claire):
    lot = give_trial(martins)
    take(claire, martins, 9, quantity=6, unit="minute", origins=FREE)
    cover = open_cover(martins, claire, means="trial", at="2027-01-12 12:00")
    assert (cover.state, cover.means, cover.free_minutes, cover.token_ceiling) == ("covered", "trial", 9, 0)
    assert buckets(lot) == {"reserved": 15}
    assert paid(cover) == [(moment("2027-01-12 12:00"), 540, "trial")]


def test_F1_who_asks_for_free_minutes_gets_them(martins, claire):
    cover = open_cover(martins, claire, means="trial")
    assert (cover.means, cover.free_minutes, cover.is_waiting) == ("trial", 15, False)
    (lot,) = ledger_queries.lots_of(martins)
    assert (lot.origin, lot.quantity, lot.validity_days, lot.last_day) == ("trial", 15, 30, day("2027-02-10"))
    assert [(line.kind, line.rule) for line in ledger_queries.movements_of(martins)] == [
        ("opened", "F1"),
        ("reserved", "F1"),
        ("last_day", "F2"),
    ]


def test_F2_free_minutes_first_with_consent_to_the_token_after_them(martins, claire):
    pack = sell(martins, 8)
    give_trial(martins)
    cover = open_cover(martins, claire, means="trial", then="tokens")
    assert (cover.means, cover.token_ceiling, buckets(pack)) == ("trial", 1, {"available": 8})


def test_F2_with_consent_and_no_free_minutes_left_a_token_pays_at_once(martins, claire):
    sell(martins, 8)
    cover = open_cover(martins, claire, means="trial", then="tokens")
    assert (cover.means, cover.free_minutes, cover.is_waiting) == ("tokens", 0, False)


def test_T4_F2_without_consent_no_token_is_taken(martins, claire):
    pack = sell(martins, 8)
    cover = open_cover(martins, claire, means="trial")
    assert (cover.is_waiting, cover.means, buckets(pack)) == (True, "none", {"available": 8})


def test_F2_the_person_may_keep_the_free_minutes(martins, claire):
    sell(martins, 8)
    trial = give_trial(martins)
    cover = open_cover(martins, claire, means="tokens")
    assert (cover.means, buckets(trial)) == ("tokens", {"available": 15})


def test_T15_without_units_the_question_waits(martins, claire):
    cover = open_cover(martins, claire)
    assert (cover.state, cover.means, cover.waiting_since, cover.covered_at) == (
        "waiting", "none", moment("2027-01-11 12:00"), None,
    )  # fmt: skip
    assert (paid(cover), limits(cover), paid_seconds(cover)) == ([], [], 0)


def test_T15_so_it_does_when_nothing_was_to_pay(martins, claire):
    sell(martins, 8)
    cover = open_cover(martins, claire, means="none")
    assert (cover.waits_for, cover.token_ceiling, cover.minute_ceiling) == ("consent", 0, 0)


def test_F1_refused_free_minutes_wait_for_cover_too(martins, claire):
    give_trial(martins)
    open_cover(martins, claire, means="trial")
    assert open_cover(martins, claire, means="trial").is_waiting


def test_L10_the_second_of_two_waits_and_is_told(martins, claire, hugo):
    give(martins, 1)
    assert [open_cover(martins, one).is_waiting for one in (claire, hugo)] == [False, True]


@pytest.mark.parametrize("means", ["tokens", "trial"])
def test_a_person_removed_meanwhile_waits(martins, hugo, means):
    sell(martins, 8)
    Membership.objects.filter(person=hugo).update(ended_at=moment("2027-01-11 11:00"))
    assert open_cover(martins, hugo, means=means, then="tokens").is_waiting


def test_a_buyer_opens_no_tickets(martins, ines):
    make_member(martins, ines, role="buyer")
    sell(martins, 8)
    assert open_cover(martins, ines).is_waiting


def test_it_is_its_own_cause(martins, claire):
    lot = sell(martins, 8)
    pks = [open_cover(martins, claire).pk for _ in range(2)]
    held = Hold.objects.filter(lot=lot).order_by("id").values_list("cause_kind", "cause_id")
    assert list(held) == [("cover", pk) for pk in pks]


@pytest.mark.parametrize("means", ["subscription", "cash"])
def test_what_is_not_on_offer_is_refused(martins, claire, means):
    with pytest.raises(covers.MeansNotForTickets):
        open_cover(martins, claire, means=means)
    assert not Cover.objects.exists()


def test_a_moment_before_the_last_movement_may_find_the_minutes_lapsed(martins, claire):
    """The journal is written in order: units are taken as of its last movement, when the free minutes are over."""
    give_trial(martins)
    take(claire, martins, 9, quantity=1, unit="minute", origins=FREE, at="2027-01-12 12:00")
    give(martins, until="2028-01-01", at="2027-06-01 12:00")
    assert open_cover(martins, claire, means="trial", at="2027-01-13 12:00").is_waiting


def test_it_is_audited(martins, claire):
    sell(martins, 8)
    cover = open_cover(martins, claire)
    entry = Entry.objects.get(code="cover.opened")
    assert (entry.subject_kind, entry.subject_id, entry.customer_id) == ("cover", cover.pk, martins.pk)
    assert entry.details == {"means": "tokens", "covered": True}


def test_the_database_refuses_what_makes_no_sense(martins, claire):
    sell(martins, 8)
    cover = open_cover(martins, claire)
    for wrong in ({"state": "waiting"}, {"covered_at": None}, {"state": "ended"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Cover.objects.filter(pk=cover.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaidTime.objects.create(
            cover=cover, sequence=2, kind="reserved", at=cover.opened_at, seconds=0, units=0, means="tokens"
        )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE work_paidtime SET seconds = 9999")


def test_the_ledger_agrees(martins, claire):
    sell(martins, 8)
    give_trial(martins)
    covers = [open_cover(martins, claire, "trial"), open_cover(martins, claire)]
    assert ledger_faults(martins) == []
    assert [(hold.lot.origin, hold.reserved) for one in covers for hold in ledger_queries.holds_of(one.cause)] == [
        ("trial", 15),
        ("purchased", 1),
    ]


def test_H4_opening_reserves_30_minutes(martins, claire):
    pack = sell(martins, 300, unit="minute")
    cover = open_cover(martins, claire, means="minutes")
    assert (cover.means, cover.minute_ceiling, cover.token_ceiling, cover.least_minutes) == ("minutes", 60, 0, 30)
    assert (buckets(pack), paid_seconds(cover)) == ({"available": 270, "reserved": 30}, 1800)
    assert lines(list(ledger_queries.movements_of(martins)))[-1] == ("reserved", "H4", 1, 30)


def test_H4_or_what_they_have(martins, claire):
    give(martins, 12, unit="minute")
    cover = open_cover(martins, claire, means="minutes")
    assert (cover.is_waiting, queries.units_had(cover)[Cover.Means.MINUTES], cover.least_minutes) == (False, 12, 0)


def test_H4_across_lots(martins, claire):
    gift, pack = give(martins, 12, unit="minute", until="2027-02-28"), sell(martins, 120, unit="minute")
    cover = open_cover(martins, claire, means="minutes")
    assert (buckets(gift), buckets(pack)) == ({"reserved": 12}, {"available": 102, "reserved": 18})
    # H3: the pack was entered from another lot, so its indivisible part is considered used.
    assert cover.least_minutes == 0
    assert open_cover(martins, claire, means="minutes").least_minutes == 0


def test_H4_the_ceiling_is_confirmed_at_opening(martins, claire):
    sell(martins, 300, unit="minute")
    assert open_cover(martins, claire, means="minutes", ceiling=120).minute_ceiling == 120
    sell(martins, 8)
    assert open_cover(martins, claire, means="tokens", ceiling=3).token_ceiling == 3


@pytest.mark.parametrize(("means", "ceiling"), [("tokens", 0), ("tokens", 101), ("minutes", 14), ("minutes", 6001)])
def test_a_ceiling_that_nobody_means_is_refused(martins, claire, means, ceiling):
    with pytest.raises(covers.CeilingOutOfRange):
        open_cover(martins, claire, means=means, ceiling=ceiling)
    assert not Cover.objects.exists()


def test_F2_minutes_after_the_free_ones(martins, claire):
    give_trial(martins)
    pack = sell(martins, 120, unit="minute")
    cover = open_cover(martins, claire, means="trial", then="minutes")
    assert (cover.means, cover.minute_ceiling, buckets(pack)) == ("trial", 60, {"available": 120})


def test_H1_other_choice_every_ticket(martins, claire):
    provider.change_setting(name="indivisible_per", value="ticket", by=TEST, at=moment("2027-01-11 12:00"))
    sell(martins, 300, unit="minute")
    assert [open_cover(martins, claire, means="minutes").least_minutes for _ in range(2)] == [30, 30]
