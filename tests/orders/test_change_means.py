"""O1: a waiting order can be paid by any means; changing it is one click."""

import pytest

from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.orders.actions import changing, placing, waiting
from carnet.orders.models import Order
from carnet.provider import actions as provider
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, open_shop, pay, place
from tests.factories.tickets import in_english
from tests.proofs import every_fault


@pytest.fixture
def order(claire):
    open_shop()
    return place(claire, put_on_sale())


def change(order, means):
    return changing.change_means(order=order, means=means, by=TEST, at=moment(AT))


def test_O1_the_means_changes_and_all_that_was_fixed_stays(order):
    change(order, "cheque")
    changed = Order.objects.get()
    assert (changed.means, changed.reference, changed.price_cents) == ("cheque", order.reference, order.price_cents)
    assert (changed.expires_at, changed.state, changed.seal) == (order.expires_at, "waiting", order.seal)
    entry = Entry.objects.get(code="order.means_changed")
    assert (entry.subject_id, entry.details) == (order.pk, {"before": "transfer", "means": "cheque"})
    assert every_fault() == []


def test_the_same_again_changes_nothing(order):
    change(order, "transfer")
    assert not Entry.objects.filter(code="order.means_changed").exists()


def test_an_order_that_does_not_wait_keeps_its_means(order):
    pay(order)
    with pytest.raises(waiting.OrderNotWaiting):
        change(order, "cheque")
    assert Order.objects.get().means == "transfer"


@pytest.mark.parametrize("means", ["paypal", "cash", ""])
def test_what_is_not_on_offer_is_refused(order, means):
    with pytest.raises(placing.MeansNotOnOffer):
        change(order, means)


def test_the_money_counts_by_whatever_means_it_comes(order):
    change(order, "cheque")
    pay(order, means="transfer")
    assert Order.objects.get().is_settled


def test_on_its_page_each_other_means_is_one_click_away(order, claire, hugo, ines):
    browser = in_english(claire)
    page = browser.get(f"/my/orders/{order.reference}/").content.decode()
    assert "Pay by cheque instead" in page
    assert "Pay by bank transfer instead" not in page
    address = f"/my/orders/{order.reference}/means/"
    changed = browser.post(address, {"means": "cheque"}, follow=True).content.decode()
    assert "Write the reference on the back of the cheque." in changed
    assert "Pay by bank transfer instead" in changed
    assert browser.get(address).status_code == 302
    assert in_english(ines).post(address, {"means": "transfer"}).status_code == 404
    assert in_english(hugo).post(address, {"means": "transfer"}).status_code in (403, 404)
    assert Order.objects.get().means == "cheque"


def test_the_reminder_leads_to_the_page_where_it_can_be_changed(order, claire):
    waiting.remind_of_order(order=order, by=TEST, at=moment("2027-03-20 09:00"))
    told = OutgoingMail.objects.get(kind="orders/reminder").text
    assert f"/my/orders/{order.reference}/" in told


def test_the_last_means_that_is_no_longer_on_offer_says_so(order, claire):
    provider.change_company(fields={"iban": "", "account_holder": ""}, by=TEST, at=moment(AT))
    browser = in_english(claire)
    page = browser.get(f"/my/orders/{order.reference}/").content.decode()
    assert "This way to pay is not available at the moment" in page
    assert "Pay by cheque instead" in page
    assert browser.get(f"/my/orders/{order.reference}/slip/").status_code == 404
