"""Our books and the account's list: what differs, case by case."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.payments.rules import comparing
from carnet.payments.rules.comparing import Booked, ComparedPeriod
from carnet.payments.rules.online import TransactionFound
from tests.factories.ledger import day, moment
from tests.factories.online import capture_told, refund_told

PARIS = ZoneInfo("Europe/Paris")
REFERENCE = "RF33AB23CD45"


def ours(external_id="C1", cents=24_000, fee_cents=-851, kind="capture", payment_id=1):
    return Booked(external_id, kind, cents, fee_cents, day("2027-02-26"), payment_id)


def theirs(external_id="C1", cents=24_000, fee_cents=-851, kind="capture", **changed):
    told = {"currency": "EUR", "at": moment("2027-02-26 12:00"), "is_final": True, "reference": REFERENCE}
    return TransactionFound(external_id, kind, cents, fee_cents, **(told | changed))


def compare(booked, listed, references=(REFERENCE,)):
    payments = {one.external_id: one.payment_id for one in booked if one.kind == "capture"}
    return comparing.compare(booked, listed, payments=payments, references_known=set(references))


def codes(found):
    return [(one.external_id, one.kind) for one in found.differing]


def test_the_same_on_both_sides():
    refund = ours("R1", -24_000, 816, "refund")
    listed = [theirs(), theirs("R1", -24_000, 816, "refund", related_id="C1")]
    assert compare([ours(), refund], listed) == comparing.Compared()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (theirs(cents=23_999), "other_amount"),
        (theirs(cents=23_999, fee_cents=0), "other_amount"),
        (theirs(fee_cents=-852), "other_fee"),
        (theirs(currency="USD"), "other_currency"),
    ],
)
def test_what_differs_is_told_with_both_sides(line, code):
    found = compare([ours()], [line])
    assert codes(found) == [("C1", code)]
    (one,) = found.differing
    assert one.payment_id == 1
    assert one.ours == {
        "kind": "capture", "amount_cents": 24_000, "fee_cents": -851, "currency": "EUR", "at": "2027-02-26"
    }  # fmt: skip
    assert (one.theirs["amount_cents"], one.theirs["currency"]) == (line.amount_cents, line.currency)


def test_a_fee_that_is_not_known_yet():
    assert codes(compare([ours(fee_cents=None)], [theirs()])) == [("C1", "other_fee")]
    assert codes(compare([ours(fee_cents=None)], [theirs(fee_cents=0)])) == []


def test_an_id_that_is_listed_twice_agrees_if_one_line_does():
    assert codes(compare([ours()], [theirs(cents=0), theirs()])) == []
    assert codes(compare([ours()], [theirs(cents=1), theirs(cents=2)])) == [("C1", "other_amount")]
    assert codes(compare([ours()], [theirs(is_final=False, cents=1), theirs()])) == []


def test_what_the_list_lacks_or_has_as_unfinished_is_to_be_asked_about():
    found = compare([ours(), ours("C2", payment_id=2)], [theirs(is_final=False)])
    assert ([one.external_id for one in found.absent], found.differing) == (["C1", "C2"], [])


def test_a_payment_that_our_books_lack():
    found = compare([], [theirs()])
    assert codes(found) == [("C1", "missing_here")]
    assert (found.differing[0].ours, found.differing[0].theirs["reference"]) == (None, REFERENCE)
    assert codes(compare([], [theirs()], ())) == [("C1", "unknown_order")]


@pytest.mark.parametrize(
    "line",
    [
        theirs(reference="invoice 12 of the shop"),
        theirs(reference=""),
        theirs(kind="other"),
        theirs("R1", -5, kind="refund", related_id="of a stranger"),
        theirs("V1", -5, kind="reversal"),
    ],
)
def test_whatever_else_the_account_does_is_no_difference(line):
    found = compare([], [line])
    assert (found.differing, found.gone_back, found.others) == ([], [], 1)
    assert compare([], [theirs(is_final=False)]) == comparing.Compared()


def test_money_that_went_back_without_us():
    lines = [theirs(), *(theirs(kind, -5, 0, kind, related_id="C1") for kind in ("refund", "reversal"))]
    found = compare([ours()], lines)
    assert ([one.external_id for one in found.gone_back], found.differing, found.absent) == (
        ["refund", "reversal"],
        [],
        [],
    )


def test_a_reversal_that_stands_in_the_books_under_its_dispute():
    lost = ours("PP-D-1", -24_000, -1_600, "reversal")
    line = theirs("V1", -24_000, -1_600, "reversal", related_id="C1")
    assert compare([ours(), lost], [theirs(), line]) == comparing.Compared()
    found = compare([ours(), lost], [theirs(), theirs("V1", -100, 0, "reversal", related_id="C1")])
    assert ([one.external_id for one in found.gone_back], [one.external_id for one in found.absent]) == (
        ["V1"], ["PP-D-1"],
    )  # fmt: skip
    found = compare([ours(), lost], [theirs(), theirs("V1", -24_000, 0, "reversal", related_id="C1")])
    assert codes(found) == [("PP-D-1", "other_fee")]


def test_what_was_taken_back_by_force_and_given_back_again():
    lines = [
        theirs(),
        *(theirs(*one, "reversal", related_id="C1") for one in (("V1", -24_000, -1_600), ("V2", 24_000, 0))),
    ]
    assert compare([ours()], lines) == comparing.Compared(others=2)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (None, "missing_there"),
        (capture_told(state="pending"), "missing_there"),
        (capture_told(state="refused"), "missing_there"),
        (capture_told(cents=1), "other_amount"),
        (capture_told(currency="USD"), "other_currency"),
        (capture_told(), None),
        (capture_told(state="refunded", fee_cents=None), None),
        (capture_told(state="partly_refunded"), None),
    ],
)
def test_what_the_service_says_of_a_payment_that_its_list_lacks(told, code):
    found = comparing.asked_about(ours(), told)
    assert (found and found.kind) == code
    assert found is None or (found.theirs is None) == (told is None)


@pytest.mark.parametrize(
    ("told", "code"),
    [(None, "missing_there"), (refund_told(), None), (refund_told(state="failed"), "missing_there"),
     (refund_told(cents=1), "other_amount")],
)  # fmt: skip
def test_what_the_service_says_of_a_refund_that_its_list_lacks(told, code):
    found = comparing.asked_about(ours("R1", -24_000, 0, "refund"), told)
    assert (found and found.kind) == code


@pytest.mark.parametrize(
    ("good_until", "oldest_open", "first"),
    [
        (None, None, "2027-03-03"),
        ("2027-03-09 22:30", None, "2027-03-03"),
        ("2027-02-20 12:00", None, "2027-02-20"),
        ("2027-03-09 12:00", "2027-01-31 23:30", "2027-02-01"),
        ("2026-03-09 12:00", None, "2026-12-10"),
    ],
)
def test_how_far_back_is_compared(good_until, oldest_open, first):
    found = comparing.period(
        moment("2027-03-10 04:30"), PARIS, good_until=good_until and moment(good_until),
        oldest_open=oldest_open and datetime.datetime.fromisoformat(f"{oldest_open}+00:00"),
    )  # fmt: skip
    assert (found.since, found.until) == (moment(f"{first} 00:00"), moment("2027-03-10 00:30"))


def test_a_day_is_compared_once_it_is_over_by_four_hours():
    period = ComparedPeriod(moment("2027-03-03 00:00"), moment("2027-03-10 00:30"))
    days = ["2027-03-02", "2027-03-03", "2027-03-09", "2027-03-10"]
    assert [period.has_day(day(one), PARIS) for one in days] == [False, True, True, False]


captures = st.lists(
    st.tuples(st.sampled_from("ABCDEFGH"), st.integers(1, 3), st.integers(-2, 0)), unique_by=lambda one: one[0]
)


@given(captures, captures)
def test_each_capture_is_told_of_once_and_only_if_the_sides_differ(here, there):
    found = compare([ours(*one) for one in here], [theirs(*one) for one in there])
    told = [one.external_id for one in found.differing] + [one.external_id for one in found.absent]
    mine, yours = {one[0]: one for one in here}, {one[0]: one for one in there}
    assert sorted(told) == sorted(one for one in {*mine, *yours} if mine.get(one) != yours.get(one))
