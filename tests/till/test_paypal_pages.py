"""Paying at PayPal as pages: for who orders, and for the desk."""

import re
from dataclasses import replace

import pytest

from carnet.limits.rules import HOUR, Limit
from carnet.mail.models import OutgoingMail
from carnet.orders.models import Order
from carnet.payments.models import Checkout, Payment
from carnet.payments.paypal import interface
from carnet.till.actions import checkouts
from tests.factories.orders import pay, place
from tests.factories.tickets import in_english
from tests.forms import form_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("time_stands_still")]
TYPED = {"means": "paypal", "accept_terms": "on", "express_request": "on", "name": "Claire Martin", "country": "FR"}


def address(order, more=""):
    return f"/my/orders/{order.reference}/{more}"


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


def approve(paypal):
    paypal.approve(Checkout.objects.latest("pk").external_id)


def test_paypal_stands_first_and_says_that_it_works_at_once(claire, twenty, paypal):
    page = words(in_english(claire).get("/my/order/tokens-20/"))
    assert page.index('value="paypal"') < page.index('value="transfer"') < page.index('value="cheque"')
    assert "Ready at once" in page


def test_without_an_account_it_is_not_offered(claire, twenty):
    browser = in_english(claire)
    assert 'value="paypal"' not in words(browser.get("/my/order/tokens-20/"))
    sent = form_to(browser, "/my/order/tokens-20/", "/my/order/tokens-20/").filled(**TYPED)
    assert browser.post("/my/order/tokens-20/", sent).status_code == 200
    assert Order.objects.count() == 0


def test_from_the_button_to_the_carnet(claire, twenty, paypal):
    browser = in_english(claire)
    sent = form_to(browser, "/my/order/tokens-20/", "/my/order/tokens-20/").filled(**TYPED)
    page = browser.post("/my/order/tokens-20/", sent, follow=True)
    checkout = Checkout.objects.get()
    assert f'href="{checkout.approve_url}"' in words(page)
    approve(paypal)
    order = Order.objects.get()
    back = browser.get(address(order, "paypal/") + f"?token={checkout.external_id}&PayerID=X")
    assert "One moment: we are asking PayPal" in words(back)
    assert "data-sends-itself" in words(back)
    assert Order.objects.get().state == "waiting"  # a GET writes nothing
    paid = browser.post(address(order, "paypal/"), follow=True)
    assert "Paid, and active" in words(paid)
    again = browser.get(address(order, "paypal/"), follow=True)
    assert (again.request["PATH_INFO"], "paid in another way" in words(again)) == (address(order), False)


def test_back_twice_and_back_never_come_to_the_same(order, claire, paypal):
    browser = in_english(claire)
    browser.post(address(order, "paypal/begin/"))
    approve(paypal)
    for _ in range(2):
        assert browser.post(address(order, "paypal/")).headers["Location"] == address(order)
    assert Payment.objects.count() == 1


def test_O5_paid_otherwise_meanwhile_whoever_comes_back_reads_that_paypal_charged_nothing(order, claire, paypal):
    browser = in_english(claire)
    browser.post(address(order, "paypal/begin/"))
    approve(paypal)
    pay(order, means="transfer")
    told = words(browser.get(address(order, "paypal/"), follow=True))
    assert "Your order was paid in another way in the meantime. Nothing was charged at PayPal." in told
    assert paypal.capture_ids() == []


def test_what_paypal_holds_is_not_said_to_be_free(order, claire, paypal):
    browser = in_english(claire)
    browser.post(address(order, "paypal/begin/"))
    paypal.pend_next()
    approve(paypal)
    browser.post(address(order, "paypal/"))
    pay(order, means="transfer")
    assert "Nothing was charged" not in words(browser.get(address(order, "paypal/"), follow=True))


def test_the_token_of_another_order_in_the_address_counts_for_nothing(order, claire, ines, twenty, paypal):
    other = place(ines, twenty, means="paypal")
    in_english(ines).post(address(other, "paypal/begin/"))
    approve(paypal)
    foreign = Checkout.objects.get().external_id
    browser = in_english(claire)
    browser.post(address(order, "paypal/begin/"))
    browser.post(address(order, "paypal/") + f"?token={foreign}", {"token": foreign})
    assert set(Order.objects.values_list("state", flat=True)) == {"waiting"}
    assert browser.post(address(other, "paypal/")).status_code == 404
    assert browser.post(address(other, "paypal/begin/")).status_code == 404


def test_back_without_paying_says_that_nothing_was_taken(order, claire, paypal):
    browser = in_english(claire)
    browser.post(address(order, "paypal/begin/"))
    page = words(browser.get(address(order) + "?given_up=on"))
    assert "You haven’t paid yet" in page
    assert "Pay by bank transfer instead" in page
    told = words(browser.post(address(order, "paypal/"), follow=True))
    assert "PayPal has no payment yet. Nothing was charged" in told


def test_paypal_down_the_page_says_so_and_offers_the_others(order, claire, paypal):
    paypal.down()
    browser = in_english(claire)
    page = words(browser.post(address(order, "paypal/begin/"), follow=True))
    assert "PayPal is not responding at the moment. We are keeping your order" in page
    assert "Pay by bank transfer instead" in page
    assert "Pay by cheque instead" in page


def test_ordered_while_paypal_is_down_the_order_is_kept(claire, twenty, paypal):
    paypal.down()
    browser = in_english(claire)
    sent = form_to(browser, "/my/order/tokens-20/", "/my/order/tokens-20/").filled(**TYPED)
    page = words(browser.post("/my/order/tokens-20/", sent, follow=True))
    assert "PayPal is not responding at the moment" in page
    assert Order.objects.get().state == "waiting"


def test_paypal_down_when_the_payer_comes_back(order, claire, paypal):
    browser = in_english(claire)
    browser.post(address(order, "paypal/begin/"))
    paypal.down()
    assert "Nothing is lost: we keep asking" in words(browser.post(address(order, "paypal/"), follow=True))


def test_too_many_tries_are_told_so(order, claire, paypal, monkeypatch):
    monkeypatch.setattr(checkouts, "ASKED_AN_HOUR", Limit("few", 1, HOUR))
    browser = in_english(claire)
    browser.post(address(order, "paypal/begin/"))
    assert "a lot of attempts within an hour" in words(browser.post(address(order, "paypal/"), follow=True))


def test_pending_says_so_in_plain_words_and_asks_for_no_second_payment(order, claire, paypal):
    browser = in_english(claire)
    browser.post(address(order, "paypal/begin/"))
    paypal.pend_next()
    approve(paypal)
    page = words(browser.post(address(order, "paypal/"), follow=True))
    assert "PayPal is still checking your payment" in page
    assert "Go to PayPal" not in page
    assert f'action="{address(order, "paypal/begin/")}"' not in page
    told = words(browser.post(address(order, "paypal/begin/"), follow=True))
    assert "Please don’t pay again" in told


def test_declined_says_so_and_can_be_tried_again(order, claire, paypal):
    browser = in_english(claire)
    browser.post(address(order, "paypal/begin/"))
    paypal.decline_next()
    approve(paypal)
    page = words(browser.post(address(order, "paypal/"), follow=True))
    assert "PayPal declined the payment" in page
    assert f'action="{address(order, "paypal/begin/")}"' in page


def test_O5_of_money_that_may_have_been_taken_the_page_does_not_say_that_it_was_not(order, claire, paypal, monkeypatch):
    browser = in_english(claire)
    browser.post(address(order, "paypal/begin/"))
    approve(paypal)
    capture = interface.capture_checkout
    monkeypatch.setattr(
        interface, "capture_checkout", lambda *args, **more: replace(capture(*args, **more), reference="RF00")
    )
    browser.post(address(order, "paypal/"))
    page = words(browser.get(address(order)))
    assert (Checkout.objects.get().state, len(paypal.capture_ids())) == ("wrong", 1)
    assert "PayPal’s details of this payment do not match the order" in page
    assert "Nothing was taken" not in page
    assert f'action="{address(order, "paypal/begin/")}"' not in page
    assert "Pay by bank transfer instead" in page


def test_changed_to_paypal_it_is_paid_from_the_same_page(claire, twenty, paypal):
    order = place(claire, twenty, means="cheque")
    browser = in_english(claire)
    page = words(browser.post(address(order, "means/"), {"means": "paypal"}, follow=True))
    assert "Pay €240.00 with PayPal" in page
    assert browser.get(address(order, "slip/")).status_code == 404


def test_the_confirmation_says_how_to_pay(order):
    told = OutgoingMail.objects.get(kind="orders/placed").text
    assert "with PayPal, on the page of your order" in re.sub(r"\s+", " ", told)


def test_the_desk_sees_what_was_begun_and_asks_now(order, claire, odile, awa, paypal):
    in_english(claire).post(address(order, "paypal/begin/"))
    desk = in_english(awa)
    page = words(desk.get(f"/desk/orders/{order.pk}/"))
    assert Checkout.objects.get().external_id in page
    told = words(desk.post(f"/desk/orders/{order.pk}/paypal/", follow=True))
    assert "PayPal has no payment yet" in told
    paypal.down()
    told = words(desk.post(f"/desk/orders/{order.pk}/paypal/", follow=True))
    assert "PayPal is not responding at the moment. Carnet keeps asking" in told
    paypal.up()
    approve(paypal)
    told = words(desk.post(f"/desk/orders/{order.pk}/paypal/", follow=True))
    assert "PayPal has confirmed the payment." in told


def test_asking_about_an_order_never_begun_at_paypal_says_so(claire, awa, twenty, paypal):
    order = place(claire, twenty)
    told = words(in_english(awa).post(f"/desk/orders/{order.pk}/paypal/", follow=True))
    assert "PayPal knows of no payment yet" in told


def test_the_desk_lists_them_by_state(order, claire, awa, paypal):
    desk = in_english(awa)
    assert "No payments at PayPal" in words(desk.get("/desk/paypal/payments/"))
    in_english(claire).post(address(order, "paypal/begin/"))
    assert order.customer.name in words(desk.get("/desk/paypal/payments/?state=open"))
    assert "No payments at PayPal" in words(desk.get("/desk/paypal/payments/?state=wrong"))
    assert order.customer.name in words(desk.get("/desk/paypal/payments/?state=nonsense"))


def test_paypal_is_not_recorded_by_hand(order, odile):
    page = words(in_english(odile).get(f"/desk/orders/{order.pk}/"))
    assert 'name="means" value="paypal"' not in page
    pay(order, means="transfer")
    assert Order.objects.get().is_settled


@pytest.mark.parametrize("page", ["payments/", "disputes/", "differences/", "notices/"])
def test_all_pages_of_paypal_hang_under_billing(page, awa, twenty):
    shown = words(in_english(awa).get(f"/desk/paypal/{page}"))
    assert '<a href="/desk/orders/" aria-current="true">Billing</a>' in shown
    assert '<a href="/desk/paypal/" aria-current="true">PayPal</a>' in shown
    assert f'<a href="/desk/paypal/{page}" aria-current="page">' in shown


def test_paypal_begins_with_its_payments(awa):
    assert in_english(awa).get("/desk/paypal/").headers["Location"] == "/desk/paypal/payments/"
