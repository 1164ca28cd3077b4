"""From an offer to the order, for somebody who has no account yet, and for those who have one."""

import re

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from carnet.mail.models import OutgoingMail
from carnet.orders.models import Order
from carnet.people.models import Person
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, open_shop
from tests.factories.people import signed_in
from tests.forms import form_to

pytestmark = pytest.mark.django_db
PAGE, CODE_PAGE = "/en/account/signup/", "/en/account/confirm-email/"
START, ORDER = "/en/order/tokens-20/", "/my/order/tokens-20/"


@pytest.fixture(autouse=True)
def _shop(db):
    cache.clear()
    open_shop()
    put_on_sale()
    with time_machine.travel(moment(AT), tick=False):
        yield


TYPED = {
    "name": "Léa Morel", "kind": "household", "email": "lea@example.org", "password1": "the tall garden gate",
    "street": "3 rue Haute", "postcode": "67000", "city": "Strasbourg", "country": "FR", "means": "cheque",
}  # fmt: skip


def confirm(client):
    code = re.search(r"^    (\S+)$", OutgoingMail.objects.latest("pk").text, re.MULTILINE)
    return client.post(CODE_PAGE, {"action": "verify", "code": code and code[1]}).headers["Location"]


def test_one_form_opens_the_account_and_stands_in_the_order(client):
    page = client.get(START).content.decode()
    assert f"/en/account/login/?next={ORDER}" in page
    assert client.post(START, TYPED).headers["Location"] == CODE_PAGE
    assert (Order.objects.count(), confirm(client)) == (0, ORDER)
    response = client.get(ORDER)
    typed = {name: response.context["form"][name].value() for name in ("name", "street", "city", "means")}
    assert typed == {"name": "Léa Morel", "street": "3 rue Haute", "city": "Strasbourg", "means": "cheque"}
    assert 'name="express_request" checked' not in response.content.decode()
    order_form = form_to(client, ORDER, ORDER).filled(express_request="on", accept_terms="on")
    client.post(ORDER, order_form)
    order = Order.objects.get()
    assert (order.customer.kind, order.placed_by.email, order.means) == ("household", "lea@example.org", "cheque")
    assert (order.buyer.name, order.buyer.street, order.express_request) == ("Léa Morel", "3 rue Haute", True)
    # The next order begins with what this one said, not with what was typed before it.
    assert "order_begun" not in client.session


def test_a_company_says_its_name_and_numbers(client):
    client.post(START, TYPED | {"kind": "company", "customer_name": "Atelier SARL", "vat_number": "FR11123456782"})
    confirm(client)
    form = client.get(ORDER).context["form"]
    assert [form[name].value() for name in ("name", "vat_number")] == ["Atelier SARL", "FR11123456782"]
    assert "express_request" not in form.fields


def test_it_is_kept_for_its_own_offer_only(client):
    put_on_sale("tokens-50", 50)
    client.post(START, TYPED)
    confirm(client)
    assert client.get("/my/order/tokens-50/").context["form"]["street"].value() == ""


def test_an_address_that_has_an_account_gets_a_mail_and_no_other_page_than_a_new_one(client, claire):
    response = client.post(START, TYPED | {"email": claire.email})
    assert response.headers["Location"] == CODE_PAGE
    assert OutgoingMail.objects.latest("pk").kind == "people/account_already_exists"
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"email": "no address"}, "email"), ({"kind": "company"}, "customer_name"), ({"means": "cash"}, "means"),
     ({"country": "XX"}, "country"), ({"password1": "short"}, "password1"), ({"street": "x" * 201}, "street")],
)  # fmt: skip
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(client, wrong, field):
    response = client.post(START, TYPED | wrong)
    errors = response.context["form"].errors | response.context["order_form"].errors
    assert (response.status_code, list(errors)) == (200, [field])
    assert 'value="Strasbourg"' in response.content.decode()
    assert "order_begun" not in client.session


def test_the_other_way_is_kept_too(client):
    """Who opens an account or signs in first is led back to the order."""
    for page in (PAGE, "/en/account/login/"):
        assert f'name="next" value="{ORDER}"' in client.get(f"{page}?next={ORDER}").content.decode()


def test_holders_go_straight_on_and_members_are_told_whom_to_ask(claire, hugo, awa):
    assert signed_in(claire).get(START).headers["Location"] == ORDER
    for person in (hugo, awa):
        page = signed_in(person).get("/fr/order/tokens-20/")
        assert (page.status_code, "password1" in page.content.decode()) == (200, False)


def test_what_is_not_on_sale_is_not_found(claire):
    for browser, page in ((Client(), "/en/order/tokens-7/"), (signed_in(claire), "/my/order/tokens-7/")):
        assert browser.get(page).status_code == 404
