"""VIES did not answer when the order was placed: it is asked again (O1)."""

import datetime

import pytest
import time_machine

from carnet.audit.models import Entry
from carnet.catalogue import actions as catalogue
from carnet.mail.models import OutgoingMail
from carnet.orders.actions import checking_vat
from carnet.orders.queries import taxes
from carnet.payments import queries as payments
from carnet.till import tasks
from carnet.till.actions import invoicing, refunding, vat_checks
from carnet.till.models import Refund
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, buyer, open_shop, pay, place
from tests.factories.tickets import in_english

pytestmark = pytest.mark.django_db
SPANISH = {"siren": "", "country": "ES", "postcode": "28013", "city": "Madrid", "vat_number": "ESB58378431"}
HOUR = datetime.timedelta(hours=1)
LATER = moment(AT) + HOUR


@pytest.fixture
def order(ines, vies):
    """Placed on the buyer's word."""
    open_shop()
    return order_of(ines, put_on_sale(), vies)


def order_of(person, edition, vies):
    vies.error = "MS_UNAVAILABLE"
    said = buyer("Robledo SL", **SPANISH)
    checking_vat.ask_about_buyer(customer=person.memberships.get().customer, buyer=said, at=moment(AT))
    order = place(person, edition, buyer=said)
    vies.error = ""
    return order


def check_again(order, at=LATER):
    return vat_checks.check_order_again(order=order, by=TEST, at=at)


def outcomes(order):
    return [one.vat_check.outcome for one in taxes.checks_of(order)]


def mails(kind):
    return OutgoingMail.objects.filter(kind=kind)


def test_it_is_valid_after_all(order, vies):
    check_again(order)
    order.refresh_from_db()
    assert (order.state, outcomes(order)) == ("waiting", ["valid", "unreachable"])
    assert Entry.objects.get(code="order.vat_number_valid").subject_id == order.pk
    assert not taxes.orders_to_check().exists()
    check_again(order, LATER + HOUR)
    assert len(outcomes(order)) == 2


def test_still_away(order, vies):
    vies.error = "TIMEOUT"
    check_again(order)
    assert outcomes(order) == ["unreachable", "unreachable"]
    assert list(taxes.orders_to_check()) == [order]


def test_invalid_before_payment_cancels_it(order, vies):
    vies.closed.add("ESB58378431")
    check_again(order)
    order.refresh_from_db()
    assert (order.state, outcomes(order)) == ("cancelled", ["invalid", "unreachable"])
    sent = mails("till/vat_number_refused").get()
    assert sent.to == "ines@example.org"
    assert "ESB58378431 is not valid" in " ".join(sent.text.split())
    assert "is added to your credit" in sent.text


def test_O4_what_was_paid_of_it_becomes_credit(order, vies):
    pay(order, 5_000)
    vies.closed.add("ESB58378431")
    check_again(order)
    assert payments.credit_cents(order.customer) == 5_000
    assert "What you paid is kept as credit" in mails("till/vat_number_refused").get().text


def test_O8_an_invoice_that_was_asked_for_is_corrected(order, vies):
    invoice = invoicing.request_invoice(order=order, by=TEST, at=moment(AT))
    vies.closed.add("ESB58378431")
    check_again(order)
    assert invoice.credit_notes.get().gross_cents == 20_000


def test_invalid_after_payment_is_told_to_the_owners(order, odile, vies):
    pay(order)
    vies.closed.add("ESB58378431")
    check_again(order)
    order.refresh_from_db()
    assert (order.state, outcomes(order)) == ("settled", ["invalid", "unreachable"])
    sent = mails("till/vat_number_refused_late").get()
    assert (sent.to, order.settlement.invoice.number in sent.text) == (odile.email, True)
    assert list(taxes.orders_found_invalid()) == [order]
    refunding.refund_order(
        order=order, units=None, reason=Refund.Reason.OWNER, to=refunding.SentTo(wants_credit=True), note="TVA",
        by=TEST, at=LATER, key="r",
    )  # fmt: skip
    assert not taxes.orders_found_invalid().exists()


def test_a_cancelled_order_keeps_the_answer_alone(order, vies):
    vies.closed.add("ESB58378431")
    check = catalogue.check_vat_number(number="ESB58378431", at=LATER)
    order.state = "cancelled"
    order.save(update_fields=["state"])
    for _ in range(2):
        vat_checks.take_in_check(order=order, check=check, by=TEST, at=LATER)
    assert outcomes(order) == ["invalid", "unreachable"]
    assert not OutgoingMail.objects.filter(kind__startswith="till/vat_number").exists()


def test_the_same_check_again_changes_nothing(order, vies):
    vat_checks.take_in_check(order=order, check=taxes.last_check_of(order), by=TEST, at=LATER)
    assert outcomes(order) == ["unreachable"]


def test_an_order_with_vat_is_left_alone(ines, vies):
    open_shop()
    order = place(ines, put_on_sale())
    assert check_again(order) == order
    assert vies.asked == []


def test_a_buyer_whose_name_was_emptied_is_left_alone(order, vies):
    order.buyer.vat_number = ""
    check_again(order)
    assert outcomes(order) == ["unreachable"]


def test_the_worker_asks_hourly_then_daily(order, vies):
    vies.error = "MS_UNAVAILABLE"
    asked = []
    for minutes in (30, 60, 90, 121, 23 * 60, 25 * 60, 40 * 60, 50 * 60):
        with time_machine.travel(moment(AT) + datetime.timedelta(minutes=minutes), tick=False):
            before = len(vies.asked)
            tasks.check_vat_numbers.call()
            asked.append(len(vies.asked) - before)
    assert asked == [0, 1, 0, 1, 1, 1, 0, 1]


@pytest.fixture
def browser(odile):
    with time_machine.travel(LATER, tick=False):
        yield in_english(odile)


def test_the_desk_sees_its_proof_and_asks_now(order, vies, browser):
    page = browser.get(f"/desk/orders/{order.pk}/").content.decode()
    assert "MS_UNAVAILABLE" in page
    response = browser.post(f"/desk/orders/{order.pk}/vat/", follow=True)
    page = response.content.decode()
    assert "VIES says that the VAT number is valid." in page
    assert taxes.last_check_of(order).consultation in page
    assert "ROBLEDO CONSULTORES SL" in page
    assert "Ask VIES now" not in page


def test_the_desk_asks_about_an_order_with_vat(ines, vies, browser):
    open_shop()
    order = place(ines, put_on_sale())
    assert browser.post(f"/desk/orders/{order.pk}/vat/").headers["Location"] == f"/desk/orders/{order.pk}/"


def test_the_list_of_what_is_to_be_checked(ines, order, vies, browser, django_assert_max_num_queries):
    page = browser.get("/desk/vat/").content.decode()
    assert order.reference_shown in page
    twenty = order.lines.get().edition
    paid = order_of(ines, twenty, vies)
    pay(paid)
    vies.closed.add("ESB58378431")
    check_again(paid)
    page = browser.get("/desk/vat/").content.decode()
    assert "number not valid" in page
    assert paid.reference_shown in page
    for one in (order, paid):
        check_again(one)
    page = browser.get("/desk/vat/").content.decode()
    assert order.reference_shown not in page


def test_nothing_is_to_be_checked(browser):
    open_shop()
    assert "No VAT number to check" in browser.get("/desk/vat/").content.decode()
