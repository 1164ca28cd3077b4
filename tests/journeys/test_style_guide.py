"""The component library, as a browser and a reader with a screen reader meet it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from carnet.people.models import Person
from tests.people import *  # noqa: F403

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.appearance]


@pytest.fixture
def guide(context: BrowserContext, page: Page, awa: Person, live_server: object) -> Page:
    client = Client()
    client.force_login(awa)
    cookie = client.cookies["carnet_session"]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": str(live_server)}])
    return page


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(guide: Page, scheme: str, width: int) -> None:
    guide.set_viewport_size({"width": width, "height": 900})
    guide.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    guide.goto("/desk/style-guide/")
    found = Axe().run(guide).response["violations"]
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []


def test_nothing_is_wider_than_the_page(guide: Page) -> None:
    guide.goto("/desk/style-guide/")
    wider = {}
    for width in (320, 360, 768, 1280, 2560):
        guide.set_viewport_size({"width": width, "height": 900})
        wider[width] = guide.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider == {320: 0, 360: 0, 768: 0, 1280: 0, 2560: 0}


def test_text_at_twice_its_size_fits(guide: Page) -> None:
    guide.set_viewport_size({"width": 640, "height": 900})
    guide.goto("/desk/style-guide/")
    guide.evaluate("document.styleSheets[1].insertRule('html { font-size: 200% !important; }')")
    assert guide.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_targets_are_large_enough(guide: Page) -> None:
    """24 pixels each way (WCAG 2.5.8), but for links inside a sentence."""
    guide.set_viewport_size({"width": 1280, "height": 900})
    guide.goto("/desk/style-guide/")
    small = guide.evaluate(
        """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, summary, nav a')]
            .filter((target) => target.checkVisibility())
            .map((target) => [target.outerHTML.slice(0, 90), target.getBoundingClientRect()])
            .filter(([html]) => !/type="(radio|checkbox)"/.test(html))
            .filter(([html, box]) => box.width < 23.9 || box.height < 23.9)
            .map(([html, box]) => `${html} ${Math.round(box.width)}×${Math.round(box.height)}`)"""
    )
    assert small == []
