"""O4, O9: what has to be sent back, at the desk and for its customer."""

import datetime

import pytest
import time_machine

from carnet.books.models import Line
from carnet.mail.models import OutgoingMail
from carnet.people.models import Person
from carnet.repayments.actions import owing, sending
from carnet.repayments.models import Repayment
from carnet.repayments.rules import BankAccount
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import IBAN, open_shop, pay, place
from tests.factories.people import signed_in
from tests.factories.refunds import LATER, owe


@pytest.fixture
def payment(claire, odile):
    Person.objects.update(language="en")
    claire.refresh_from_db()
    odile.refresh_from_db()
    open_shop()
    return pay(place(claire, put_on_sale()))


@pytest.fixture
def owed(payment):
    return owe(payment, 6_000, account=BankAccount("Claire Martin", IBAN))


def record(repayment, on="2027-03-01", at=LATER, **changed):
    day = datetime.date.fromisoformat(on)
    return sending.record_sent(repayment=repayment, sent_on=day, by=TEST, at=moment(at), **changed)


def test_O9_recorded_as_sent_once(owed):
    done = record(owed)
    assert (done.state, done.sent_on, done.sent_by) == ("sent", datetime.date(2027, 3, 1), TEST.label)
    again = record(owed, "2027-02-28")
    line = Line.objects.get(kind="refund")
    assert (line.gross_cents, line.means, line.payment_id, line.on) == (
        -6_000, "transfer", owed.payment_id, datetime.date(2027, 3, 1),
    )  # fmt: skip
    assert (again.sent_on, OutgoingMail.objects.filter(kind="repayments/money_sent").count()) == (done.sent_on, 1)


def test_sent_by_cheque_after_all(owed):
    assert record(owed, means="cheque").means == "cheque"
    assert Line.objects.get(kind="refund").means == "cheque"


def test_refused(owed):
    with pytest.raises(sending.SentInFuture):
        record(owed, "2027-03-02")
    with pytest.raises(sending.SentBeforeReceived):
        record(owed, "2027-02-25")
    with pytest.raises(ValueError, match="paypal"):
        record(owed, means="paypal")
    Repayment.objects.update(state="asked")
    with pytest.raises(sending.RepaymentNotDue):
        record(owed)


def test_O9_never_more_than_was_paid(payment, owed):
    with pytest.raises(owing.MoreThanPaid):
        owe(payment, 18_001)
    assert owe(payment, 18_000).amount_cents == 18_000
    with pytest.raises(ValueError, match="no money"):
        owe(payment, 0)


@pytest.mark.parametrize(
    ("holder", "iban", "refusal"),
    [
        ("C", "FR7630006000011234567890188", sending.AccountNumberWrong), ("", IBAN, sending.AccountHolderMissing),
        ("", "", sending.AccountNumberWrong),
    ],
)  # fmt: skip
def test_an_account_is_checked(owed, holder, iban, refusal):
    with pytest.raises(refusal):
        sending.give_account(repayment=owed, holder=holder, iban=iban, by=TEST, at=moment(LATER))


def test_with_an_account_what_would_go_by_cheque_goes_by_transfer(claire, odile):
    open_shop()
    repayment = owe(pay(place(claire, put_on_sale(), means="cheque")), 6_000)
    assert repayment.means == "cheque"
    given = sending.give_account(
        repayment=repayment, holder=" Claire  Martin", iban="fr76 3000 6000 0112 3456 7890 189", by=TEST,
        at=moment(LATER),
    )  # fmt: skip
    assert (given.means, given.account.holder, given.account.iban) == ("transfer", "Claire Martin", IBAN)


def test_an_account_comes_too_late(owed):
    record(owed)
    with pytest.raises(sending.AlreadySent):
        sending.give_account(repayment=owed, holder="C", iban=IBAN, by=TEST, at=moment(LATER))


def test_the_desk_list_leads_to_what_is_to_be_done(owed, odile, django_assert_num_queries):
    browser = signed_in(odile)
    page = browser.get("/desk/repayments/").content.decode()
    assert ("Claire Martin" in page or "Famille Martin" in page, IBAN in page, 'class="count"' in page) == (True,) * 3
    one = browser.get(f"/desk/repayments/{owed.pk}/").content.decode()
    assert ('class="qr"' in one, f'data-copy="{IBAN}"' in one) == (True, True)
    typed = {"sent_on": "2027-03-01", "means": "transfer", "shown_iban": IBAN}
    assert browser.post(f"/desk/repayments/{owed.pk}/sent/", typed).status_code in (200, 302)


@time_machine.travel(moment(LATER), tick=False)
def test_an_account_that_changed_since_it_was_shown_is_looked_at_again(owed, claire, odile):
    browser, page = signed_in(odile), f"/desk/repayments/{owed.pk}/"
    other = "DE89370400440532013000"
    sent = {"sent_on": "2027-03-01", "means": "transfer", "shown_iban": IBAN}
    assert f'name="shown_iban" value="{IBAN}"' in browser.get(page).content.decode()
    sending.give_account(repayment=owed, holder="C", iban=other, by=claire.as_actor(), at=moment(LATER))
    answer = browser.post(f"{page}sent/", sent).content.decode()
    assert ("Check where you sent the money" in answer, f'name="shown_iban" value="{other}"' in answer) == (True, True)
    assert Repayment.objects.get().state == "due"
    with pytest.raises(sending.AccountChanged):
        record(owed, shown_iban="")
    assert browser.post(f"{page}sent/", sent | {"shown_iban": other}).status_code == 302
    assert Repayment.objects.get().state == "sent"


def test_the_list_takes_as_many_queries_for_three_as_for_one(payment, odile, django_assert_max_num_queries):
    browser = signed_in(odile)
    owe(payment, 1)
    with django_assert_max_num_queries(30) as one:
        browser.get("/desk/repayments/")
    owe(payment, 2)
    owe(payment, 3)
    with django_assert_max_num_queries(len(one.captured_queries)):
        browser.get("/desk/repayments/")


def test_the_customer_enters_the_account(payment, claire, ines):
    repayment = owe(payment, 6_000)
    page = f"/my/repayments/{repayment.pk}/account/"
    browser = signed_in(claire)
    assert page in browser.get("/my/repayments/").content.decode()
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"holder": "Claire Martin", "iban": "FR"}).status_code == 200
    assert browser.post(page, {"holder": "Claire Martin", "iban": IBAN}).status_code == 302
    assert Repayment.objects.get().account.iban == IBAN
    assert signed_in(ines).get(page).status_code == 404
