"""What a demo has and a live site must not: settings are read once per process, so a live one is started."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

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
}
print(json.dumps(told))
"""


def told_by(mode: str, folder: Path) -> dict[str, Any]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CARNET_", "DATABASE_"))}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "carnet.settings",
        "CARNET_MODE": mode,
        "CARNET_VAR": str(folder),
        "CARNET_SECRET_KEY": "for this test alone",
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
        "seed": "This is a live site: the demo's people have no place here.",
    }


def test_a_demo_has_them(tmp_path):
    told = told_by("demo", tmp_path)
    assert (len(told["addresses"]), told["clock"], told["ahead"]) == (6, None, 1200)
