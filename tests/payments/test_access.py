"""The access to the payment service, given at the desk: kept, tried, removed; and where its notices are sent."""

import datetime

import pytest

from carnet.audit.models import Entry
from carnet.payments import queries
from carnet.payments.actions import access as actions
from carnet.payments.models import FailedCall, OnlineAccess
from demo.paypal.account import MERCHANT_ID
from tests.factories.ledger import TEST, moment
from tests.paypal import CLIENT_ID

pytestmark = pytest.mark.django_db
AT = moment("2027-03-05 12:00")
LATER = moment("2027-03-06 12:00")
SECRET = "EJ-secret"
ADDRESS = "https://carnet.example.org/paypal/notices/"


def give(**changed):
    given = {"client_id": "AY-client", "secret": SECRET, "environment": "sandbox", "by": TEST, "at": AT}
    actions.set_online_access(**(given | changed))


def codes():
    return list(Entry.objects.order_by("id").values_list("code", flat=True))


@pytest.fixture
def beside(paypal, settings):
    """The stand-in, with an access that the owner gave at the desk."""
    secret = settings.PAYPAL_SECRET
    settings.PAYPAL_CLIENT_ID = settings.PAYPAL_SECRET = settings.PAYPAL_WEBHOOK_ID = ""
    give(client_id=CLIENT_ID, secret=secret, environment="stand_in")
    return paypal


def test_the_secret_is_kept_encrypted_and_stands_nowhere_else():
    give()
    row = OnlineAccess.objects.get()
    assert SECRET not in row.secret_sealed
    assert (row.client_id, row.environment, row.tested_at, row.changed_at) == ("AY-client", "sandbox", None, AT)
    assert queries.online_access().secret == SECRET
    entry = Entry.objects.get()
    assert (entry.code, entry.subject_kind) == ("online_access.set", "online_access")
    assert entry.details == {"client_id": "AY-client", "environment": "sandbox"}
    assert SECRET not in f"{row} {row!r} {queries.access_kept()!r} {queries.online_access()!r}"


def test_without_a_secret_the_stored_one_stays():
    give()
    give(secret="", at=LATER)
    assert queries.online_access().secret == SECRET
    assert codes() == ["online_access.set"]


@pytest.mark.parametrize("changed", [{"client_id": "another"}, {}])
def test_another_access_needs_its_own_secret(changed):
    if changed:
        give()
    with pytest.raises(actions.SecretMissing):
        give(secret="", **changed)


def test_a_secret_that_can_no_longer_be_read_is_asked_for_again(settings):
    give()
    settings.SECRET_KEY = "changed meanwhile"
    with pytest.raises(actions.SecretMissing):
        give(secret="")
    give()
    assert queries.online_access().secret == SECRET


def test_a_new_secret_keeps_the_account_and_another_client_forgets_it():
    give()
    OnlineAccess.objects.update(account_id="A", webhook_id="W", tested_at=AT)
    give(secret="renewed", at=LATER)
    row = OnlineAccess.objects.get()
    assert (row.account_id, row.webhook_id, row.tested_at, row.changed_at) == ("A", "W", None, LATER)
    give(client_id="another")
    row = OnlineAccess.objects.get()
    assert (row.account_id, row.webhook_id, row.tested_at) == ("", "", None)


@pytest.mark.parametrize("environment", ["live", "stand_in", "elsewhere"])
def test_this_site_can_not_use_every_service(environment):
    with pytest.raises(actions.EnvironmentNotAllowed):
        give(environment=environment)


def test_the_environments_own_access_is_not_changed_here(settings):
    give()
    settings.PAYPAL_CLIENT_ID, settings.PAYPAL_SECRET, settings.PAYPAL_ENVIRONMENT = "id", "secret", "sandbox"
    with pytest.raises(actions.AccessFromEnvironment):
        give()
    with pytest.raises(actions.AccessFromEnvironment):
        actions.remove_online_access(by=TEST, at=AT)
    settings.PAYPAL_WEBHOOK_ID = "W"
    with pytest.raises(actions.AccessFromEnvironment):
        actions.set_up_notices(address=ADDRESS, by=TEST, at=AT)


def test_a_test_names_the_account(beside):
    assert actions.test_online_access(by=TEST, at=LATER) == MERCHANT_ID
    row = OnlineAccess.objects.get()
    assert (row.account_id, row.tested_at) == (MERCHANT_ID, LATER)
    assert codes() == ["online_access.set", "online_access.tested"]
    assert queries.online_access().account_id == MERCHANT_ID


def test_a_double_click_is_written_down_once(beside):
    for at in (AT, AT + datetime.timedelta(seconds=2), LATER):
        actions.test_online_access(by=TEST, at=at)
    assert codes() == ["online_access.set", *["online_access.tested"] * 2]
    assert OnlineAccess.objects.get().tested_at == LATER


def test_a_wrong_secret_is_told_with_the_debug_id(beside):
    give(client_id=CLIENT_ID, secret="wrong", environment="stand_in")
    with pytest.raises(actions.AccessNotAccepted) as refused:
        actions.test_online_access(by=TEST, at=LATER)
    assert refused.value.values == {"debug_id": FailedCall.objects.get().debug_id}
    assert OnlineAccess.objects.get().tested_at is None
    assert "wrong" not in str(refused.value)


def test_a_service_that_is_away_is_told(beside):
    beside.down()
    with pytest.raises(actions.ServiceNotReached) as refused:
        actions.test_online_access(by=TEST, at=LATER)
    assert refused.value.values["debug_id"] == FailedCall.objects.get().debug_id
    beside.down(is_silent=True)
    with pytest.raises(actions.ServiceNotReached) as refused:
        actions.test_online_access(by=TEST, at=LATER)
    assert refused.value.values["debug_id"] == "—"


def test_without_access_there_is_nothing_to_try():
    for act in (actions.test_online_access, actions.remove_online_access):
        with pytest.raises(actions.AccessMissing):
            act(by=TEST, at=AT)
    with pytest.raises(actions.AccessMissing):
        actions.set_up_notices(address=ADDRESS, by=TEST, at=AT)


def test_notices_are_set_up_once(beside):
    actions.set_up_notices(address=ADDRESS, by=TEST, at=LATER)
    webhook_id = OnlineAccess.objects.get().webhook_id
    assert beside.account.webhooks[webhook_id].url == ADDRESS
    actions.set_up_notices(address=ADDRESS, by=TEST, at=LATER)
    assert OnlineAccess.objects.get().webhook_id == webhook_id
    assert [one.url for one in beside.account.webhooks.values()].count(ADDRESS) == 1
    assert codes() == ["online_access.set", "online_access.notices_set_up"]


def test_notices_go_to_a_secure_address_but_for_the_stand_in(beside):
    actions.set_up_notices(address="http://127.0.0.1:8000/paypal/notices/", by=TEST, at=LATER)
    assert OnlineAccess.objects.get().webhook_id


def test_notices_of_paypal_go_to_a_secure_address_only():
    give()
    with pytest.raises(actions.SiteNotSecure):
        actions.set_up_notices(address="http://carnet.example.org/paypal/notices/", by=TEST, at=LATER)


def test_what_is_found_out_about_the_environments_access_is_kept_without_its_secret(paypal, settings):
    settings.PAYPAL_WEBHOOK_ID = ""
    actions.test_online_access(by=TEST, at=AT)
    actions.set_up_notices(address=ADDRESS, by=TEST, at=AT)
    row = OnlineAccess.objects.get()
    assert (row.client_id, row.secret_sealed, row.account_id, row.tested_at) == (CLIENT_ID, "", MERCHANT_ID, AT)
    assert queries.online_access().webhook_id == row.webhook_id
    assert queries.access_kept().tested_at == AT


def test_an_access_that_was_changed_meanwhile_keeps_nothing_of_the_former(paypal, settings):
    paypal.stand_in.on_call = lambda call: setattr(settings, "PAYPAL_CLIENT_ID", "")
    with pytest.raises(actions.AccessChanged):
        actions.test_online_access(by=TEST, at=LATER)
    assert not OnlineAccess.objects.exists()


def test_removed_it_is_offered_no_more():
    give()
    actions.remove_online_access(by=TEST, at=LATER)
    assert not OnlineAccess.objects.exists()
    assert queries.online_access() is None
    assert codes() == ["online_access.set", "online_access.removed"]
