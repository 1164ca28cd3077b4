"""What a demo has and a live site must not: settings are read once per process, so a live one is started."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.factories.processes import ROOT

SCRIPT = """
import json

import django

django.setup()
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import Resolver404, resolve

from carnet.kernel import clock


def leads_somewhere(address):
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def refusal(act):
    try:
        act()
    except (CommandError, ValueError) as error:
        return str(error)


addresses = ["/demo/outbox/", "/demo/outbox/1/", "/demo/outbox/1/html/", "/demo/clock/", "/demo/clock/forward/", "/en/"]
told = {
    "addresses": [address for address in addresses if leads_somewhere(address)],
    "clock": refusal(lambda: clock.put_forward(300)),
    "ahead": clock.ahead_seconds(),
    "seed": refusal(lambda: call_command("seed_demo")) if settings.MODE == "live" else None,
    "paypal": refusal(lambda: call_command("paypal_stand_in")) if settings.MODE == "live" else None,
}
print(json.dumps(told))
"""


def told_by(mode: str, folder: Path) -> dict[str, Any]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CARNET_", "DATABASE_"))}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "carnet.settings",
        "CARNET_MODE": mode,
        "CARNET_VAR": str(folder),
        "CARNET_SECRET_KEY": "for this test alone: 7fQ2 x9Lw bV4k Zr1t Hs8m",
        "CARNET_BOOKS_KEYS": "1:Zt3-kW9qVb7nRy2LxPd5Jf8Hs4Mc6Ga1Ue0Ti_oQ",
        "CARNET_SITE_URL": "https://help.example.org",
        "CARNET_MAIL_FROM": "Help <help@example.org>",
    }
    (folder / "clock").write_text("900")
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(result.stdout)


def test_a_live_site_has_no_outbox_to_read_no_clock_to_move_and_no_invented_people(tmp_path):
    assert told_by("live", tmp_path) == {
        "addresses": ["/en/"],
        "clock": "The clock of a live site can't be put forward.",
        "ahead": 0,
        "seed": "Unknown command: 'seed_demo'",
        "paypal": "Unknown command: 'paypal_stand_in'",
    }


def test_a_demo_has_them(tmp_path):
    told = told_by("demo", tmp_path)
    assert (len(told["addresses"]), told["clock"], told["ahead"]) == (6, None, 1200)


START = """
import json

import django

django.setup()
from django.conf import settings

cookies = [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME]
from carnet.web import context, middleware, storage

cookies += [context.THEME_COOKIE, middleware.SentForm.COOKIE, storage.MessageCookie.cookie_name]
print(json.dumps({"mode": settings.MODE, "cookies": cookies}))
"""


def started(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The settings as a site of this environment reads them."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("CARNET_", "DATABASE_"))}
    plain |= {"DJANGO_SETTINGS_MODULE": "carnet.settings", "CARNET_VAR": str(folder), **environment}
    return subprocess.run([sys.executable, "-c", START], cwd=ROOT, env=plain, capture_output=True, text=True)


LIVE = {
    "CARNET_MODE": "live",
    "CARNET_SECRET_KEY": "Q7x-p2Rb_n9LtVw4sKj8Zd6Hf3MgYc1Xe5Ua0Tizz",
    "CARNET_BOOKS_KEYS": "1:Zt3-kW9qVb7nRy2LxPd5Jf8Hs4Mc6Ga1Ue0Ti_oQ",
    "CARNET_SITE_URL": "https://help.example.org",
    "CARNET_MAIL_FROM": "Help <help@example.org>",
}


@pytest.mark.parametrize(
    "key", ["x", "only-for-the-demo-and-the-tests", "only-for-the-demo-and-the-tests" * 2, "a" * 60, "Q7x-p2Rb_n9LtVw4"]
)
def test_case_G5_a_live_site_refuses_a_key_that_can_be_guessed(tmp_path, key):
    result = started(tmp_path, **{**LIVE, "CARNET_SECRET_KEY": key})
    assert result.returncode == 1
    assert "CARNET_SECRET_KEY can be guessed" in result.stderr
    assert "secrets.token_urlsafe" in result.stderr


@pytest.mark.parametrize(
    "keys", ["1:x", "1:only-for-the-demo-and-the-tests", f"{LIVE['CARNET_BOOKS_KEYS']} 2:{'a' * 60}"]
)
def test_a_live_site_refuses_a_key_of_the_books_that_can_be_guessed(tmp_path, keys):
    result = started(tmp_path, **{**LIVE, "CARNET_BOOKS_KEYS": keys})
    assert result.returncode == 1
    assert "A key of CARNET_BOOKS_KEYS can be guessed" in result.stderr
    without = started(tmp_path, **{name: value for name, value in LIVE.items() if name != "CARNET_BOOKS_KEYS"})
    assert "Set CARNET_BOOKS_KEYS (or CARNET_BOOKS_KEYS_FILE) in the environment." in without.stderr


@pytest.mark.parametrize(
    "environment", [{"CARNET_SITE_URL": "https://help.example.org"}, {"CARNET_ALLOWED_HOSTS": "help.example.org"}]
)
def test_case_G5_a_public_name_does_not_silently_run_as_demo(tmp_path, environment):
    result = started(tmp_path, **environment)
    assert result.returncode == 1
    assert "help.example.org is no name of this machine alone. Set CARNET_MODE=live" in result.stderr
    assert json.loads(started(tmp_path, CARNET_MODE="demo", **environment).stdout)["mode"] == "demo"


def test_case_G11_cookies_of_a_live_site_belong_to_this_host_alone(tmp_path):
    cookies = json.loads(started(tmp_path, **LIVE).stdout)["cookies"]
    assert len(cookies) == 6
    assert [name for name in cookies if not name.startswith("__Host-")] == []
    plain = json.loads(started(tmp_path, **{**LIVE, "CARNET_SITE_URL": "http://help.example.org"}).stdout)["cookies"]
    assert not any(name.startswith("__Host-") for name in plain)
    assert json.loads(started(tmp_path).stdout)["cookies"][0] == "carnet_session"
