"""The head of a page at 390 pixels: one row and a menu, with and without scripts."""

import datetime
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from carnet.kernel import clock
from carnet.people.models import Person
from carnet.tickets.actions import work
from carnet.work.models import RunningWork
from tests.factories.tickets import make_ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def language() -> str:
    return "fr"


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("address", ["/fr/", "/desk/queue/"])
def test_case_C17_one_row_and_a_menu(
    team: None,
    say: Callable[..., str],
    opened: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    scripts: bool,
    address: str,
) -> None:
    page = opened(java_script_enabled=scripts, viewport={"width": 390, "height": 844})
    sign_in(page, "odile@example.org")
    page.goto(address)
    box = page.locator("header.bar").bounding_box()
    assert box
    assert box["height"] < 72
    ways = page.get_by_role("navigation", name=say("Main"))
    expect(ways).to_be_hidden()
    page.get_by_role("button", name=say("Menu"), exact=True).click()
    expect(ways).to_be_visible()
    page.locator(".bar-close").click()
    expect(ways).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(ways).to_be_visible()
    expect(page.get_by_role("button", name=say("Menu"), exact=True)).to_be_hidden()


def test_a_clock_that_stopped_leaves_the_menu_on_the_screen(
    team: None, claire: Person, opened: Callable[..., Page], sign_in: Callable[[Page, str], None]
) -> None:
    agent, now = Person.objects.get(email="awa@example.org"), clock.now()
    ticket = make_ticket(claire, at=now - datetime.timedelta(minutes=30))
    work.start_work(ticket=ticket, by=agent.as_actor(), at=now - datetime.timedelta(minutes=20), kind="training")
    RunningWork.objects.update(stopped_at=now - datetime.timedelta(minutes=14), stopped_by="idle")
    page = opened(viewport={"width": 360, "height": 780})
    sign_in(page, agent.email)
    page.goto("/desk/queue/")
    for part in (page.locator("a.timer.over"), page.locator(".bar-tools .menu > summary")):
        box = part.bounding_box()
        assert box
        assert (box["x"] >= 0, box["x"] + box["width"] <= 360) == (True, True)
