"""The main path without scripts: nothing is lost, and a double click, which nothing stops, counts once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.tickets.models import Message, Rating, Ticket
from carnet.work.models import RunningWork, WorkSession
from tests.journeys.steps import QUESTION, ask, ask_again, confirm, give_goodwill, rate, solve, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def language() -> str:
    return "en"


def test_the_main_path(
    team: None,
    language: str,
    say: Callable[..., str],
    opened: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    picture: Path,
) -> None:
    customer, agent, owner = (opened(java_script_enabled=False) for _ in range(3))
    sign_in(agent, "awa@example.org")
    sign_in(owner, "odile@example.org")

    ask(customer, language, say, picture)
    confirm(customer, language, say)
    expect(customer.get_by_role("main")).to_contain_text(QUESTION)
    first = Ticket.objects.get()
    work(agent, say, first, minutes=5, reason="cable and input looked at")
    assert (RunningWork.objects.count(), WorkSession.objects.count()) == (0, 1)

    write(agent, f"/desk/tickets/{first.pk}/", "Which screen is it?", say("Send and wait for a reply"))
    write(customer, f"/my/tickets/{first.pk}/", "The old one.", say("Send"))
    write(agent, f"/desk/tickets/{first.pk}/", "It listened to the wrong input.", say("Send as proposed solution"))
    customer.goto(f"/my/tickets/{first.pk}/")
    customer.locator("summary", has_text=say("Not solved")).click()
    write(customer, "", "It is black again.", say("Not solved: send it back"))
    assert Ticket.objects.get().state == "open"
    write(agent, f"/desk/tickets/{first.pk}/", "Take the other cable.", say("Send as proposed solution"))
    assert Message.objects.count() == 6
    solve(customer, say, first)
    rate(customer, say, first)

    give_goodwill(owner, say, first)
    second = ask_again(customer, say)
    customer.get_by_role("link", name=say("It’s solved: close the ticket")).click()
    customer.get_by_role("button", name=say("It’s solved: close the ticket")).dblclick()
    expect(customer.get_by_role("main")).to_contain_text(say("Closed"))
    second.refresh_from_db()
    assert (second.state, Ticket.objects.count(), Rating.objects.count()) == ("closed", 2, 1)
    lot = Lot.objects.get(unit="token")
    assert (lot.quantity, lot.available, lot.reserved) == (3, 3, 0)
    assert OutgoingMail.objects.filter(kind="tickets/closed").count() == 2
    call_command("verify")


def write(page: Page, address: str, text: str, button: str) -> None:
    """Type a message on the page and send it with two quick clicks."""
    if address:
        page.goto(address)
    page.locator("main textarea[name=text]").first.fill(text)
    page.get_by_role("button", name=button, exact=True).dblclick()
    expect(page.get_by_role("main")).to_contain_text(text)
    expect(page.locator("main textarea[name=text]").first).to_have_value("")
