"""The function to withdraw: two steps with what follows between them, with and without signing in (CC L221-21)."""

import re

import pytest
import time_machine

from carnet.mail.models import OutgoingMail
from carnet.people.models import Person
from carnet.repayments.models import Repayment
from carnet.tickets.models import ContactMessage
from carnet.till.models import Withdrawal
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment, spend, take
from tests.factories.orders import IBAN, open_shop, pay, place
from tests.factories.people import signed_in
from tests.forms import form_to

PAGE = "/en/withdraw/declare/"
DAY_5 = "2027-03-03 12:00"


@pytest.fixture(autouse=True)
def _day_5(claire, odile):
    Person.objects.update(language="en")
    open_shop()
    with time_machine.travel(moment(DAY_5), tick=False):
        yield


@pytest.fixture
def order(martins, claire):
    """20 tickets for 300.00 €, of which 3 are used."""
    order = place(claire, put_on_sale(price_cents=30_000))
    pay(order)
    take(claire, martins, 1, quantity=3, at="2027-02-27 12:00")
    spend(martins, 1, 3, at="2027-02-27 13:00")
    return order


def typed(order, **changed):
    return {"name": "Claire Martin", "contract": order.reference_shown, "email": "claire@example.org"} | changed


def check(browser, order, **changed):
    """The first step: what was typed, and the form of the second with it."""
    sent = form_to(browser, PAGE, PAGE).filled(**typed(order, **changed))
    answer = browser.post(PAGE, sent | {"step": "check"})
    assert answer.status_code == 200
    return sent, plain(answer)


def confirm(browser, sent, **more):
    return browser.post(PAGE, sent | {"step": "confirm", "way": "same"} | more)


def plain(answer):
    text = answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_O11_signed_in_it_is_shown_first_and_carried_out_once_confirmed(claire, order):
    browser = signed_in(claire)
    sent, page = check(browser, order)
    assert "You get back €255.00" in page
    assert "3 tickets used" in page
    assert not Withdrawal.objects.exists()
    answer = confirm(browser, sent, account_holder="Claire Martin", iban=f" {IBAN.lower()} ")
    assert answer.headers["Location"] == "/en/withdraw/sent/"
    done = plain(browser.get("/en/withdraw/sent/"))
    assert "Your withdrawal has been carried out" in done
    assert "3 March 2027" in done
    repayment = Repayment.objects.get()
    assert (repayment.amount_cents, repayment.account.iban) == (25_500, IBAN)
    receipt = OutgoingMail.objects.get(kind="till/withdrawal_received")
    assert (receipt.to, order.reference_shown in receipt.text) == ("claire@example.org", True)


def test_O11_without_an_account_at_hand_the_link_confirms_it(client, order):
    sent, page = check(client, order)
    assert "You get back €255.00" in page
    confirm(client, sent)
    assert "use the link in that e-mail to confirm" in plain(client.get("/en/withdraw/sent/"))
    assert not Repayment.objects.exists()
    receipt = OutgoingMail.objects.get(kind="till/withdrawal_received")
    (path,) = re.findall(r"http://[^/]+(/en/withdraw/confirm/\S+)", receipt.text)
    shown = client.get(path)
    assert "You get back €255.00" in plain(shown)
    assert shown.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in shown.headers["Cache-Control"]
    assert not Repayment.objects.exists()
    assert client.post(path).status_code == 302
    assert Repayment.objects.get().amount_cents == 25_500
    assert "Your withdrawal has been carried out" in plain(client.get(path))


def test_who_confirms_sees_where_the_money_would_go_and_nobody_elses_details(client, claire, order):
    sent, _page = check(client, order)
    confirm(client, sent, account_holder="Somebody else", iban=IBAN)
    receipt = OutgoingMail.objects.get(kind="till/withdrawal_received")
    (path,) = re.findall(r"http://[^/]+(/en/withdraw/confirm/\S+)", receipt.text)
    assert "IBAN … 0189" in plain(client.get(path))
    assert ("IBAN: … 0189" in receipt.text, "… 0189" in receipt.html, IBAN in receipt.html) == (True, True, False)
    browser = signed_in(claire)
    sent, _page = check(browser, order, name="Claire M.", email="else@example.org")
    confirm(browser, sent)
    page = plain(client.get(path))
    assert ("has been carried out" in page, "else@example.org" in page) == (True, False)


def test_an_account_that_can_not_be_is_told_beside_its_field(claire, order):
    browser = signed_in(claire)
    sent, _page = check(browser, order)
    answer = confirm(browser, sent, account_holder="Claire", iban="FR76 3000 6000 0112 3456 7890 188")
    assert "This IBAN contains a mistake" in plain(answer)
    answer = confirm(browser, sent, iban=IBAN)
    assert "Whose account is it?" in plain(answer)
    assert "Confirm my withdrawal" in plain(answer)
    assert not Withdrawal.objects.exists()


def test_what_was_typed_can_be_changed(client, order):
    sent, _page = check(client, order, text="For no reason.")
    form = client.post(PAGE, sent | {"step": "change"}).context["form"]
    assert {name: form[name].value() for name in ("name", "contract", "text", "key")} == {
        "name": "Claire Martin", "contract": order.reference_shown, "text": "For no reason.", "key": sent["key"],
    }  # fmt: skip


@pytest.mark.parametrize("changed", [{"email": "zoe@example.org"}, {"contract": "the pack of Friday"}])
def test_what_belongs_to_no_order_of_theirs_is_kept_for_the_desk_and_tells_nothing(client, order, changed):
    sent, page = check(client, order, **changed)
    assert "We can’t find this order under this e-mail address" in page
    assert "€" not in page
    assert confirm(client, sent).headers["Location"] == "/en/notice/sent/"
    assert ContactMessage.objects.get().kind == "withdrawal"
    assert not Withdrawal.objects.exists()


def test_O11_a_day_late_it_is_said_and_kept_for_the_desk(claire, order):
    browser = signed_in(claire)
    with time_machine.travel(moment("2027-03-13 00:00"), tick=False):
        sent, page = check(browser, order)
        assert "ended on 12 March 2027" in page
        confirm(browser, sent)
    assert ContactMessage.objects.get().subject == order.reference_shown
    assert not Withdrawal.objects.exists()


def test_a_company_is_told_that_it_is_for_consumers(ines):
    order = place(ines, put_on_sale())
    sent, page = check(signed_in(ines), order, email="ines@example.org")
    assert "The right to withdraw is for consumers" in page
    assert "Confirm my withdrawal" not in page
    answer = confirm(signed_in(ines), sent)
    assert "The right to withdraw is for consumers" in plain(answer)
    assert not Withdrawal.objects.exists()
    assert not ContactMessage.objects.exists()


def test_somebody_withdrew_already(client, claire, order):
    browser = signed_in(claire)
    sent, _page = check(browser, order)
    confirm(browser, sent)
    _sent, page = check(client, order)
    assert "You have already withdrawn" in page
    assert Withdrawal.objects.count() == 1


def test_nothing_was_sent_and_no_such_link(client, db):
    assert client.get("/en/withdraw/sent/").headers["Location"] == "/en/withdraw/"
    assert client.get("/en/withdraw/confirm/unknown/").status_code == 404


def test_the_desk_sees_what_waits_and_the_owner_carries_it_out(client, odile, order, django_assert_num_queries):
    sent, _page = check(client, order)
    confirm(client, sent)
    desk = signed_in(odile)
    page = plain(desk.get("/desk/withdrawals/"))
    assert "waiting to be confirmed" in page
    desk.post(f"/desk/withdrawals/{Withdrawal.objects.get().pk}/carry-out/")
    assert Withdrawal.objects.get().carried_out_by == odile
    assert "carried out" in plain(desk.get("/desk/withdrawals/"))
