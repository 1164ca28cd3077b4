"""What the environment makes of the settings."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from carnet.settings import database_from, keys_from, paypal_problem, stand_in_from


def test_case_E9_commits_on_sqlite_reach_the_disk():
    """With NORMAL a power cut may take back what was committed: an invoice's number would be given twice."""
    options = database_from("sqlite:////srv/carnet.sqlite3")["OPTIONS"]
    assert isinstance(options, dict)
    assert "PRAGMA synchronous=FULL;" in options["init_command"]


def test_keys_of_the_books_have_versions():
    assert keys_from("1:old\n2:new:er, 10:newest") == {1: "old", 2: "new:er", 10: "newest"}


@pytest.mark.parametrize("text", ["", "secret", "0:secret", "x:secret", "1:", "1:one 1:two", "40000:secret"])
def test_keys_of_the_books_without_a_version_are_refused(text):
    with pytest.raises(ImproperlyConfigured, match="CARNET_BOOKS_KEYS"):
        keys_from(text)


def test_a_stand_in_of_paypal_listens_on_this_machine():
    assert stand_in_from("", "live") == ""
    assert stand_in_from("http://127.0.0.1:8001/", "demo") == "http://127.0.0.1:8001"
    assert stand_in_from("http://[::1]:8001", "test") == "http://[::1]:8001"


@pytest.mark.parametrize(
    "url",
    ["http://paypal.example:80", "https://127.0.0.1:8001", "http://127.0.0.1", "http://127.0.0.1.example:80", "x"],
)
def test_a_stand_in_elsewhere_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="CARNET_PAYPAL_STAND_IN"):
        stand_in_from(url, "demo")


def test_a_live_site_has_no_stand_in():
    with pytest.raises(ImproperlyConfigured, match="CARNET_PAYPAL_STAND_IN"):
        stand_in_from("http://127.0.0.1:8001", "live")


@pytest.mark.parametrize(
    ("client_id", "secret", "environment", "mode", "stand_in", "said"),
    [
        ("", "", "", "live", "", ""),
        ("id", "secret", "live", "live", "", ""),
        ("id", "secret", "sandbox", "demo", "", ""),
        ("id", "secret", "", "demo", "http://127.0.0.1:8001", ""),
        ("id", "", "live", "live", "", "both"),
        ("", "secret", "live", "live", "", "both"),
        ("id", "secret", "", "live", "", "sandbox or live"),
        ("id", "secret", "Live", "live", "", "sandbox or live"),
        ("id", "secret", "live", "demo", "", "CARNET_MODE"),
        ("id", "secret", "sandbox", "live", "", "invented money"),
    ],
)
def test_the_access_to_paypal_from_the_environment(client_id, secret, environment, mode, stand_in, said):
    found = paypal_problem(client_id, secret, environment, mode=mode, stand_in=stand_in)
    assert said in found
    assert bool(said) == bool(found)
