"""The desk's page of what differs between our books and PayPal's list, with both sides in words."""

import pytest

from carnet.audit.models import Entry
from carnet.payments import shown
from carnet.payments.actions import differences
from carnet.payments.models import AccountComparison, Difference
from carnet.payments.rules.comparing import Differing
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.online import pay_online
from tests.factories.orders import open_shop, pay, place
from tests.factories.tickets import in_english

AT = moment("2027-02-28 04:30")
OURS = {"kind": "capture", "amount_cents": 24_000, "fee_cents": -851, "currency": "EUR", "at": "2027-02-26"}
THEIRS = OURS | {"at": "2027-02-25T23:30:00+00:00", "fee_cents": 0, "reference": "RF33AB23CD45"}


@pytest.fixture
def order(claire):
    open_shop()
    return place(claire, put_on_sale())


def note(*found, at=AT):
    differences.note_differences(found=found, by=TEST, at=at)


def compared(failed="", at=AT, **counts):
    since, until = moment("2027-02-21 00:00"), moment("2027-02-28 00:30")
    return AccountComparison.objects.create(since=since, until=until, at=at, failed=failed, **counts)


def read(person):
    return " ".join(in_english(person).get("/desk/paypal/differences/").content.decode().split())


def test_nothing_compared_yet(awa):
    assert "Nothing compared yet" in read(awa)
    assert in_english(awa).post("/desk/paypal/differences/").status_code == 405


def test_everything_matches(awa):
    compared(booked_count=12, others_count=3)
    page = read(awa)
    assert "Everything matches" in page
    assert "Payments and refunds in Carnet: 12; other transactions of the account, left out: 3." in page


def test_both_sides_stand_side_by_side(order, awa):
    payment = pay_online(order)
    note(Differing("3C679366HH908993F", "other_fee", OURS, THEIRS, payment.pk))
    compared()
    page = read(awa)
    assert "1 difference is open" in page
    assert ">different fee</span>" in page
    assert "Payment €240.00, fee \u2212€8.51, 26 February 2027" in page
    assert "Payment €240.00, 26 February 2027, RF33 AB23 CD45" in page
    assert f'href="/desk/orders/{order.pk}/">3C679366HH908993F' in page
    assert "the fee that PayPal stated first" in page
    assert "1 difference" in " ".join(in_english(awa).get("/desk/payments/").content.decode().split())


def test_what_is_mended_asks_for_nothing(awa):
    note(Differing("C1", "missing_here", theirs=THEIRS))
    differences.mend_differences(external_ids={"C1"}, but=[], by=TEST, at=moment("2027-03-01 04:30"))
    compared()
    page = read(awa)
    assert ("Everything matches" in page, "Nothing: resolved" in page) == (True, True)


def test_what_is_open_stands_before_what_is_mended(awa):
    note(Differing("C1", "missing_here", theirs=THEIRS), Differing("C2", "missing_here", theirs=THEIRS))
    differences.mend_differences(external_ids={"C2"}, but=[], by=TEST, at=moment("2027-03-01 04:30"))
    page = read(awa)
    assert page.index("C1") < page.index("C2")


@pytest.mark.parametrize(
    ("code", "words"),
    [("timeout", "PayPal did not answer as expected (timeout)"), ("NOT_AUTHORIZED", "Allow “Transaction Search”")],
)
def test_a_comparison_that_broke_off(awa, code, words):
    compared(at=moment("2027-02-27 04:30"))
    compared(code)
    page = read(awa)
    for said in ("The last comparison was interrupted", words, "Everything matches"):
        assert said in page


@pytest.mark.parametrize(
    ("side", "words"),
    [
        (None, "nothing"),
        (OURS | {"kind": "refund", "amount_cents": -500, "fee_cents": None}, "Refund \u2212€5.00, 26 February 2027"),
        (OURS | {"kind": "reversal", "fee_cents": 0}, "Taken back by PayPal €240.00, 26 February 2027"),
        (OURS | {"currency": "USD", "fee_cents": -5}, "Payment 240.00 USD, fee \u22120.05 USD, 26 February 2027"),
        (OURS | {"fee_cents": 0, "state": "pending"}, "Payment €240.00, 26 February 2027, not completed"),
        (OURS | {"fee_cents": 0, "state": "refunded"}, "Payment €240.00, 26 February 2027"),
        ({"amount_cents": 24_000, "refunded_cents": 100, "currency": "EUR"}, "€240.00 paid, of which €1.00 refunded"),
    ],
    ids=str,
)
@pytest.mark.django_db
def test_a_side_in_words(side, words, settings):
    row = Difference(external_id="C1", kind="missing_there", ours=side)
    assert shown.difference_shown(row).ours.replace("\u00a0", " ") == words


def test_every_code_has_words(order, martins):
    transfer = pay(order)
    for kind in shown.DIFFERENCES:
        row = Difference(external_id="C1", kind=kind, payment=transfer)
        assert shown.difference_sentence(row).startswith("C1, ")
        assert shown.difference_shown(row).url == f"/desk/orders/{order.pk}/"
    transfer.cause_kind = "customer"
    assert shown.difference_shown(row).url == f"/desk/customers/{martins.pk}/"
    assert shown.difference_shown(Difference(external_id="C1", kind="missing_here")).url == ""


def settle(row, reason="Refunded by hand.", at="2027-03-01 09:00"):
    return differences.settle_difference(difference=row, reason=reason, by=TEST, at=moment(at))


def news(*found, at):
    return differences.note_differences(found=found, by=TEST, at=moment(at))


def test_one_that_somebody_dealt_with_is_told_again_only_if_it_changes(db):
    found = Differing("C1", "missing_here", theirs=THEIRS)
    (row,) = news(found, at="2027-02-28 04:30")
    with pytest.raises(differences.SettlingReasonMissing):
        settle(row, " ")
    settled = settle(row)
    assert (settled.settled_at, settled.settled_why) == (moment("2027-03-01 09:00"), "Refunded by hand.")
    assert settle(row, "Another word.", "2027-03-01 10:00") == settled
    assert Difference.objects.get().settled_why == "Refunded by hand."
    assert Entry.objects.filter(code="difference.settled").count() == 1
    assert (news(found, at="2027-03-02 04:30"), Difference.objects.open().count()) == ([], 0)
    changed = Differing("C1", "missing_here", theirs=THEIRS | {"amount_cents": 1})
    assert news(changed, at="2027-03-03 04:30") == [row]
    assert (Difference.objects.get().settled_at, Difference.objects.open().count()) == (None, 1)
    assert news(changed, at="2027-03-04 04:30") == []


def test_the_owner_says_what_was_done(odile, awa):
    note(Differing("C1", "missing_here", theirs=THEIRS), Differing("C2", "missing_here", theirs=THEIRS))
    compared()
    first = Difference.objects.get(external_id="C2")
    path = f"/desk/paypal/differences/{first.pk}/settle/"
    assert (path in read(odile), path in read(awa)) == (True, False)
    browser = in_english(odile)
    assert "C2" in browser.get(path).content.decode()
    assert browser.post(path, {"reason": ""}).status_code == 422
    answer = browser.post(path, {"reason": "Refunded by hand."}, follow=True)
    page = " ".join(answer.content.decode().split())
    assert ("only if this difference changes" in page, "Refunded by hand." in page) == (True, True)
    assert ("1 difference is open" in page, page.index("C1 </td>") < page.index("C2 </td>")) == (True, True)
    assert in_english(awa).post(path, {"reason": "x"}).status_code in (302, 403, 404)
