"""Case E6: consent, limits and logs name the visitor, not the proxy in front."""

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory

from carnet.orders.models import OrderBuyer
from carnet.settings import env_networks
from carnet.web import visitors
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, open_shop
from tests.factories.people import signed_in
from tests.forms import form_to

PROXIES = "127.0.0.1, 10.0.0.0/8, ::1, 2001:db8:1::/48"


@pytest.fixture
def _behind_proxies(monkeypatch, settings):
    monkeypatch.setenv("CARNET_TRUSTED_PROXIES", PROXIES)
    settings.TRUSTED_PROXIES = env_networks("CARNET_TRUSTED_PROXIES")


def address(heard_from, said=None):
    request = RequestFactory(REMOTE_ADDR=heard_from).get("/", headers={} if said is None else {"X-Forwarded-For": said})
    return visitors.address_of(request)


@pytest.mark.parametrize(
    ("heard_from", "said", "visitor"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "203.0.113.7, 10.1.2.3", "203.0.113.7"),  # two proxies of ours
        ("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the beginning is anybody's
        ("127.0.0.1", "10.9.9.9", "10.9.9.9"),  # a machine of our own network
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7, unknown", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7:51200", "203.0.113.7"),
        ("::1", "[2001:db8:2::7]:51200", "2001:db8:2::7"),
        ("::1", "2001:DB8:2:0::7", "2001:db8:2::7"),
        ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # no proxy of ours: it may say what it likes
        ("", "198.51.100.1", None),
    ],
)
@pytest.mark.usefixtures("_behind_proxies")
def test_case_E6_the_visitor_behind_trusted_proxies(heard_from, said, visitor):
    assert address(heard_from, said) == visitor


def test_case_E6_nobody_is_trusted_by_default():
    assert address("127.0.0.1", "203.0.113.7") == "127.0.0.1"


@pytest.mark.parametrize("nonsense", ["everybody", "10.0.0.1/8", "127.0.0.1 10.0.0.1"])
def test_case_E6_nonsense_is_refused_at_the_start(monkeypatch, nonsense):
    monkeypatch.setenv("CARNET_TRUSTED_PROXIES", nonsense)
    with pytest.raises(ImproperlyConfigured, match="CARNET_TRUSTED_PROXIES"):
        env_networks("CARNET_TRUSTED_PROXIES")


@pytest.mark.usefixtures("_behind_proxies")
def test_case_E6_limits_count_visitors(db):
    cache.clear()
    page, sent = "/en/account/signup/", {"email": "x@", "name": ""}
    statuses = [Client().post(page, sent, headers={"X-Forwarded-For": "203.0.113.7"}).status_code for _ in range(21)]
    other = Client().post(page, sent, headers={"X-Forwarded-For": "203.0.113.8"}).status_code
    assert (statuses[-1], other) == (429, 200)


@pytest.mark.usefixtures("_behind_proxies")
def test_case_E6_an_order_keeps_the_visitors_address(claire):
    open_shop()
    put_on_sale()
    page = "/my/order/tokens-20/"
    with time_machine.travel(moment(AT), tick=False):
        browser = signed_in(claire)
        sent = form_to(browser, page, page).filled(accept_terms="on", means="transfer")
        assert browser.post(page, sent, headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}).status_code == 302
    assert OrderBuyer.objects.get().ip == "203.0.113.7"
