"""With what the payment service is asked: from the environment, from the desk, or not at all."""

import pytest

from carnet.kernel import encryption
from carnet.payments import queries
from carnet.payments.models import OnlineAccess
from carnet.payments.rules.online import Access
from tests.factories.ledger import moment

pytestmark = pytest.mark.django_db
AT = moment("2027-03-05 12:00")
SECRET = "EJ-secret"
STAND_IN = "http://127.0.0.1:8001"


def keep(environment="sandbox", **changed):
    sealed = encryption.encrypt(SECRET, purpose=queries.SECRET_PURPOSE)
    given = {"client_id": "AY-client", "secret_sealed": sealed, "changed_at": AT, "account_id": "MERCHANT"}
    return OnlineAccess.objects.create(pk=1, environment=environment, **(given | changed))


@pytest.fixture
def by_environment(settings):
    settings.PAYPAL_CLIENT_ID, settings.PAYPAL_SECRET = "of-environment", "E-other"
    settings.PAYPAL_ENVIRONMENT = "sandbox"


def test_without_access_nothing_is_offered():
    assert queries.online_access() is None
    assert queries.access_kept() == queries.AccessKept("")
    assert not queries.access_kept().is_usable


def test_access_from_the_desk(django_assert_num_queries):
    keep(webhook_id="WH-1")
    with django_assert_num_queries(1):
        found = queries.online_access()
    assert found == Access(
        "AY-client", SECRET, "sandbox", "https://api-m.sandbox.paypal.com", webhook_id="WH-1", account_id="MERCHANT"
    )
    assert SECRET not in repr(found)
    kept = queries.access_kept()
    assert (kept.source, kept.account_id, kept.is_usable) == ("desk", "MERCHANT", True)


def test_a_secret_that_another_key_encrypted_is_told_and_nothing_is_offered(settings):
    keep()
    settings.SECRET_KEY = "changed meanwhile"
    assert queries.online_access() is None
    kept = queries.access_kept()
    assert (kept.is_unreadable, kept.is_usable) == (True, False)


def test_the_environment_goes_before_the_desk(by_environment):
    keep()
    found = queries.online_access()
    assert (found.client_id, found.secret, found.account_id) == ("of-environment", "E-other", "")
    assert queries.access_kept().source == "environment"


def test_what_was_found_out_about_the_access_of_the_environment_is_kept(by_environment, settings):
    keep(client_id="of-environment", secret_sealed="", webhook_id="WH-1", tested_at=AT)
    found = queries.online_access()
    assert (found.account_id, found.webhook_id) == ("MERCHANT", "WH-1")
    assert queries.access_kept().tested_at == AT
    settings.PAYPAL_WEBHOOK_ID = "WH-2"
    assert queries.online_access().webhook_id == "WH-2"
    settings.PAYPAL_CLIENT_ID = ""
    assert queries.online_access() is None
    assert queries.access_kept().source == ""


def test_the_live_service_is_asked_by_a_live_site_only(settings):
    keep("live")
    assert queries.online_access() is None
    assert queries.access_kept().is_elsewhere
    assert queries.access_environments() == ("sandbox",)
    settings.MODE = "live"
    assert queries.online_access().base_url == "https://api-m.paypal.com"
    assert queries.access_environments() == ("live",)


def test_a_live_site_sells_nothing_for_the_sandboxs_invented_money(settings):
    keep("sandbox")
    assert queries.online_access() is not None
    settings.MODE = "live"
    assert queries.online_access() is None
    assert queries.access_kept().is_elsewhere


def test_with_a_stand_in_nothing_else_is_asked(settings):
    row = keep()
    settings.PAYPAL_STAND_IN = STAND_IN
    assert queries.online_access() is None
    assert queries.access_environments() == ("stand_in",)
    row.environment = "stand_in"
    row.save()
    assert queries.online_access().base_url == STAND_IN
    settings.PAYPAL_STAND_IN = ""
    assert queries.online_access() is None


def test_a_stand_in_with_access_from_the_environment(settings, by_environment):
    settings.PAYPAL_STAND_IN = STAND_IN
    found = queries.online_access()
    assert (found.environment, found.base_url) == ("stand_in", STAND_IN)
