"""What journeys share: a provider that is set up, browsers of several people, words in a language."""

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page, expect

from carnet.kernel import clock
from carnet.people.models import Person
from demo.year import catalogue, company, knowledge, texts
from tests.factories.people import TEST, make_customer, make_person

PASSWORD = "a long password of the tests"
expect.set_options(timeout=15_000)


@pytest.fixture
def provider(transactional_db: None, live_server: Any, settings: Any) -> None:
    """The provider as the demo sets it up, with what it sells and answers; links in mails lead to this server."""
    cache.clear()  # where codes to one address are counted: the journey before had one a minute ago
    settings.SITE_URL = live_server.url
    for part in (company, catalogue, knowledge, texts):
        part.build(by=TEST, at=clock.now())


@pytest.fixture
def team(provider: None, language: str) -> None:
    """An agent and the owner, who read the pages in the journey's language."""
    for name, staff in (("Awa Diallo", "agent"), ("Odile Bernard", "owner")):
        email = f"{name.split()[0].lower()}@example.org"
        make_person(name, email=email, language=language, staff=staff, password=PASSWORD, at=clock.now())


@pytest.fixture(params=["fr", "en", "es"])
def language(request: Any) -> str:
    return str(request.param)


def make_claire(language: str) -> Person:
    """She holds the account of her household, and signs in with the password of all."""
    claire = make_person("Claire Martin", email="claire@example.org", language=language, password=PASSWORD)
    make_customer(claire, "Famille Martin")
    return claire


@pytest.fixture
def say(language: str) -> Callable[..., str]:
    """The words of a source string as this journey's pages show them."""

    def words(text: str, **values: Any) -> str:
        with translation.override(language):
            return translation.gettext(text) % values if values else translation.gettext(text)

    return words


@pytest.fixture
def opened(browser: Browser, browser_context_args: dict[str, Any], language: str) -> Iterator[Callable[..., Page]]:
    """A browser of its own for each person; whatever a page complains about fails the journey."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_browser(*, is_heard: bool = True, **more: Any) -> Page:
        context = browser.new_context(**{**browser_context_args, "locale": language, **more})
        contexts.append(context)
        page = context.new_page()
        if not is_heard:
            return page
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("response", lambda got: complaints.append(f"{got.status} {got.url}") if got.status >= 400 else None)
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def sign_in(language: str, say: Callable[..., str]) -> Callable[[Page, str], None]:
    def sign_in(page: Page, email: str) -> None:
        page.goto(f"/{language}/account/login/")
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name=say("Sign in"), exact=True).click()
        page.wait_for_url(lambda address: "/account/login/" not in address)

    return sign_in


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A small real PNG, as a screenshot would be."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes(range(0, 64, 8)) for _ in range(8)))
    path = tmp_path / "screen.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
    return path
