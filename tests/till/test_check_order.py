"""The buyer checks the whole order, can correct it, and then confirms it (code civil 1127-2; CC L221-14)."""

import re

import pytest
import time_machine

from carnet.orders.models import Order
from carnet.people.models import Person
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, open_shop, place
from tests.factories.people import signed_in
from tests.forms import form_to, forms_in

PAGE = "/my/order/tokens-20/"


@pytest.fixture(autouse=True)
def _friday(claire, ines, odile):
    Person.objects.update(language="en")
    open_shop()
    with time_machine.travel(moment(AT), tick=False):
        yield


@pytest.fixture
def twenty(db):
    return put_on_sale()


def plain(answer):
    text = answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def is_checked(answer):
    return next(template.name for template in answer.templates if template.name) == "till/customer/check_order.html"


def fill(browser, **typed):
    """The page to fill in, as it is sent to be checked."""
    filled = form_to(browser, f"{PAGE}?change", f"{PAGE}?change").filled(
        **{"means": "transfer", "country": "FR"} | typed
    )
    return filled | {"step": "check"}


def hidden(answer):
    """What the page on which it is checked carries along."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def form_to_send(answer):
    """What the form of this page would send as it stands."""
    return next(one for one in forms_in(answer.content.decode(), PAGE) if "edition" in one.filled()).filled()


def test_first_it_is_filled_in_then_checked_then_ordered(claire, twenty):
    browser = signed_in(claire)
    assert not is_checked(browser.get(PAGE))
    answer = browser.post(
        PAGE, fill(browser, name="Claire Martin", street="1 rue Haute", city="Metz", postcode="57000")
    )
    assert is_checked(answer)
    page = plain(answer)
    for said in (
        "Claire Martin", "1 rue Haute", "57000 Metz France", "Bank transfer", "€200.00", "€240.00", "12 March 2027",
        "Terms of sale, version 1", "Order with obligation to pay",
    ):  # fmt: skip
        assert said in page
    assert not Order.objects.exists()
    ordered = browser.post(PAGE, hidden(answer) | {"accept_terms": "on", "step": "confirm"})
    order = Order.objects.get()
    assert ordered.headers["Location"] == f"/my/orders/{order.reference}/"
    assert (order.buyer.city, order.means, order.express_request) == ("Metz", "transfer", False)
    # Back in the browser, and confirmed once more: it is the same order.
    browser.post(PAGE, hidden(answer) | {"accept_terms": "on", "step": "confirm"})
    assert Order.objects.count() == 1


def test_what_is_known_of_the_last_order_is_checked_at_once_and_can_be_changed(claire, twenty):
    place(claire, twenty, means="cheque")
    browser = signed_in(claire)
    answer = browser.get(PAGE)
    assert is_checked(answer)
    assert "Cheque" in plain(answer)
    changed = browser.post(PAGE, hidden(answer) | {"express_request": "on", "step": "change"})
    assert not is_checked(changed)
    form = changed.context["form"]
    assert (form["name"].value(), form["means"].value(), form["key"].value()) == (
        "Claire Martin", "cheque", hidden(answer)["key"],
    )  # fmt: skip
    assert not is_checked(browser.get(f"{PAGE}?change"))
    # What was ticked comes along, and the terms are agreed to anew.
    sent = form_to_send(changed)
    again = browser.post(PAGE, sent | {"step": "check"})
    assert is_checked(again)
    assert again.context["form"]["express_request"].value()
    assert not again.context["form"]["accept_terms"].value()


def test_without_the_terms_nothing_is_ordered_and_it_stays_checked(claire, twenty):
    browser = signed_in(claire)
    answer = browser.post(PAGE, fill(browser, name="Claire Martin"))
    refused = browser.post(PAGE, hidden(answer) | {"step": "confirm"})
    assert is_checked(refused)
    assert "Please read the terms of sale" in plain(refused)
    assert not Order.objects.exists()


def test_what_is_wrong_is_told_on_the_first_page(ines, twenty):
    browser = signed_in(ines)
    answer = browser.post(PAGE, fill(browser, name="Robledo", street="", siren="552100554"))
    assert not is_checked(answer)
    assert "street" in answer.context["form"].errors


def test_a_new_price_is_shown_again_before_it_is_ordered(claire, twenty):
    browser = signed_in(claire)
    answer = browser.post(PAGE, fill(browser, name="Claire Martin"))
    newer = put_on_sale(price_cents=30_000, at=moment(AT))
    sent = hidden(answer) | {"accept_terms": "on", "step": "confirm"}
    again = browser.post(PAGE, sent)
    assert is_checked(again)
    assert "€300.00" in plain(again)
    assert hidden(again)["edition"] == str(newer.pk)
    assert not Order.objects.exists()
    browser.post(PAGE, hidden(again) | {"accept_terms": "on", "step": "confirm"})
    assert Order.objects.get().price_cents == 30_000


def test_the_person_of_a_personal_pack_is_shown(claire, hugo, odile):
    put_on_sale("tokens-5", 5, shared=False)
    browser = signed_in(claire)
    page = PAGE.replace("20", "5")
    filled = form_to(browser, page, page).filled(name="Claire", means="transfer", country="FR", person=str(hugo.pk))
    answer = browser.post(page, filled | {"step": "check"})
    assert is_checked(answer)
    assert f"Who it is for {hugo.name}" in plain(answer)
