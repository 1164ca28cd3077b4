"""From an offer to the order, for somebody who has no account yet, and for those who have one."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from carnet.mail.models import OutgoingMail
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import open_shop
from tests.factories.people import signed_in

pytestmark = pytest.mark.django_db
PAGE, CODE_PAGE = "/en/account/signup/", "/en/account/confirm-email/"
START, ORDER = "/en/order/tokens-20/", "/my/order/tokens-20/"


@pytest.fixture(autouse=True)
def _shop(db):
    cache.clear()
    open_shop()
    put_on_sale(at=moment("2026-01-05 12:00"))


def test_who_has_no_account_opens_one_and_is_back_at_the_order(client):
    page = client.get(START).content.decode()
    assert f"{PAGE}?next={ORDER}" in page
    assert f"/en/account/login/?next={ORDER}" in page
    typed = {"name": "Léa", "kind": "household", "email": "lea@example.org", "password1": "the tall garden gate"}
    client.post(f"{PAGE}?next={ORDER}", {**typed, "customer_name": "Morel", "next": ORDER})
    code = re.search(r"^    (\S+)$", OutgoingMail.objects.latest("pk").text, re.MULTILINE)
    response = client.post(CODE_PAGE, {"action": "verify", "code": code and code[1]})
    assert response.headers["Location"] == ORDER


def test_the_forms_keep_the_way_to_the_order(client):
    for page in (PAGE, "/en/account/login/"):
        assert f'name="next" value="{ORDER}"' in client.get(f"{page}?next={ORDER}").content.decode()


def test_holders_go_straight_on_and_members_are_told_whom_to_ask(claire, hugo, awa):
    assert signed_in(claire).get(START).headers["Location"] == ORDER
    for person in (hugo, awa):
        page = signed_in(person).get("/fr/order/tokens-20/")
        assert (page.status_code, "signup" in page.content.decode()) == (200, False)


def test_what_is_not_on_sale_is_not_found(claire):
    for browser, page in ((Client(), "/en/order/tokens-7/"), (signed_in(claire), "/my/order/tokens-7/")):
        assert browser.get(page).status_code == 404
