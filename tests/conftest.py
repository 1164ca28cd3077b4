"""What every test may rely on: a closed network, its own files and clock, append-only tables that survive a flush."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.test import TransactionTestCase

from carnet.kernel import append_only

pytest_plugins = ["tests.people", "tests.addresses", "tests.sharing", "tests.paypal", "tests.vies"]

hypothesis.settings.register_profile("dev", max_examples=50, deadline=None)
hypothesis.settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")


class NetworkIsClosedError(RuntimeError):
    """A test reached for another machine. No OSError, so that no code takes it for a network that is merely down."""


def _refuse_other_machines(name: str) -> None:
    original = getattr(socket.socket, name)

    def guarded(self: socket.socket, address: Any, *rest: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if not (host.startswith("127.") or host in {"::1", "localhost"}):
                raise NetworkIsClosedError(f"A test tried to reach {host}.")
        return original(self, address, *rest)

    setattr(socket.socket, name, guarded)


_refuse_other_machines("connect")
_refuse_other_machines("connect_ex")


def _flush_past_the_triggers() -> None:
    """A test with real transactions ends with a flush of all tables, which append-only tables refuse."""
    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(self: TransactionTestCase) -> None:
        aliases = self._databases_names(include_mirrors=False)  # type: ignore[attr-defined]
        for alias in aliases:
            append_only.remove(alias)
        try:
            original(self)
        finally:
            for alias in aliases:
                append_only.install(alias)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]


_flush_past_the_triggers()


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> None:
    """Each test has its own stored files, file of the ends of journals, and clock, which starts at the present."""
    settings.CLOCK_FILE = tmp_path / "clock"
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.HEADS_FILE = tmp_path / "heads.jsonl"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """No language stays active from one test to the next."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _nothing_kept_in_the_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings and hours are kept for two seconds, the queue's counts until it changes: here as long as a test lasts,
    so that a slow machine asks for no more than a quick one.
    """
    from carnet.provider import queries as provider
    from carnet.schedule import queries as schedule
    from carnet.tickets.queries import queue

    monkeypatch.setattr(provider, "KEPT_SECONDS", 3600)
    monkeypatch.setattr(schedule, "KEPT_SECONDS", 3600)
    for kept in (provider, schedule, queue):
        kept.forget()
    yield
    for kept in (provider, schedule, queue):
        kept.forget()


@pytest.fixture(autouse=True, scope="session")
def _patience() -> None:
    """A machine that stands still for a while is no service that doesn't answer; tests of time-outs set their own."""
    from carnet.catalogue.vies import calls as vies
    from carnet.payments.paypal import calls as paypal

    for calls in (paypal, vies):
        for limit in ("CONNECT_SECONDS", "READ_SECONDS", "WHOLE_SECONDS"):
            setattr(calls, limit, 300)
    paypal.STRANGERS_WAIT_SECONDS = vies.WAIT_SECONDS = 300


# The browser: Debian's Chromium on pytest-django's live server; `page.goto("/fr/")` is enough.


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    # Playwright keeps an event loop in this thread, and Django would refuse every query beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return {
        **browser_type_launch_args,
        "executable_path": shutil.which("chromium") or shutil.which("chromium-browser"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], live_server: Any) -> dict[str, Any]:
    return {**browser_context_args, "base_url": live_server.url, "locale": "fr-FR"}
