"""The demo's provider and its account at the stand-in: connected once, and again when one of the two has moved."""

import io

import pytest

from carnet.kernel import clock
from carnet.payments import queries as payments
from carnet.payments.models import OnlineAccess
from demo import actions
from demo.management.commands.paypal_stand_in import Command
from demo.paypal import orders
from demo.paypal.account import MERCHANT_ID
from tests.demo.paypal.asking import wanted
from tests.factories.people import TEST

pytestmark = pytest.mark.django_db
URL = "http://testserver/paypal/notices/"


@pytest.fixture
def at_the_desk(paypal, settings):
    """Carnet has no access from the environment, and its notices go nowhere yet."""
    settings.PAYPAL_CLIENT_ID = settings.PAYPAL_SECRET = settings.PAYPAL_WEBHOOK_ID = ""
    settings.SITE_URL = "http://testserver"
    paypal.account.webhooks.clear()
    return paypal


def connect() -> None:
    actions.connect_paypal(notices_to=URL, by=TEST, at=clock.now())


def test_connecting_once_and_again(at_the_desk):
    connect()
    access = payments.online_access()
    assert (access.environment, access.base_url, access.account_id) == ("stand_in", at_the_desk.url, MERCHANT_ID)
    (webhook,) = at_the_desk.account.webhooks.values()
    assert (webhook.id, webhook.url) == (access.webhook_id, URL)
    asked = len(at_the_desk.calls)
    connect()
    assert payments.online_access() == access
    assert len(at_the_desk.account.webhooks) == 1
    # The account is not asked for again.
    assert not any("balances" in call.path for call in at_the_desk.calls[asked:])


def test_an_access_that_the_owner_gave_stays(at_the_desk):
    connect()
    OnlineAccess.objects.update(client_id="demo-other", account_id="")
    connect()
    assert payments.online_access().client_id == "demo-other"
    assert payments.online_access().account_id == MERCHANT_ID


def command_connects(paypal) -> tuple[int, str]:
    """How many calls it took, and what was complained about."""
    told, asked = io.StringIO(), len(paypal.calls)
    Command(stdout=io.StringIO(), stderr=told).connect(paypal.stand_in)
    return len(paypal.calls) - asked, told.getvalue()


def test_the_command_connects_and_finds_itself_connected(at_the_desk, settings):
    assert command_connects(at_the_desk) != (0, "")
    assert command_connects(at_the_desk) == (0, "")
    # The demo runs on another port: its notices follow, and go nowhere else.
    settings.SITE_URL = "http://testserver:8001"
    command_connects(at_the_desk)
    (webhook,) = at_the_desk.account.webhooks.values()
    assert webhook.url == "http://testserver:8001/paypal/notices/"
    assert payments.online_access().webhook_id == webhook.id
    # The stand-in has forgotten everything.
    at_the_desk.account.webhooks.clear()
    command_connects(at_the_desk)
    assert payments.online_access().webhook_id in at_the_desk.account.webhooks


def test_the_command_leaves_a_carnet_alone_that_asks_another(at_the_desk, settings):
    settings.PAYPAL_STAND_IN = "http://127.0.0.1:1"
    calls, complaint = command_connects(at_the_desk)
    assert (calls, f"CARNET_PAYPAL_STAND_IN={at_the_desk.url}" in complaint) == (0, True)
    assert payments.online_access() is None


def test_notices_reach_carnet(at_the_desk, client):
    """The address that the stand-in was given takes what it sends."""
    connect()
    at_the_desk.approve(ordered(at_the_desk))
    (notice,) = at_the_desk.notices()
    headers = {name: value for name, value in notice.headers.items() if name != "Content-Type"}
    answer = client.post(notice.url.removeprefix("http://testserver"), notice.body, "application/json", headers=headers)
    assert answer.status_code in (200, 202, 204)


def ordered(paypal) -> str:
    return orders.create_order(paypal.account, wanted(), clock.now()).id
