"""What people do on the path of a first question, step by step; `say` has the words of the journey's language."""

import datetime
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from carnet.kernel import clock
from carnet.tickets.models import Ticket

QUESTION = "The screen stays black, although the fan turns."


def ask(page: Page, language: str, say: Callable[..., str], picture: Path) -> None:
    """The trial form, reached from the front page; a second submit of the same form changes nothing."""
    page.goto(f"/{language}/")
    page.locator(f'main a[href="/{language}/try/"]').first.click()
    page.locator("[name=subject]").fill("Black screen")
    page.locator("[name=text]").fill(QUESTION)
    page.locator("[name=criticality][value=blocked]").check()
    page.locator("[name=files]").set_input_files(picture)
    page.locator("[name=name]").fill("Lucía Ortega")
    page.locator("[name=email]").fill("lucia@example.org")
    page.locator("[name=customer_kind][value=household]").check()
    page.get_by_role("button", name=say("Send my question")).dblclick()
    # Without scripts the second click breaks off the navigation of the first; the address is looked at until it fits.
    expect(page).to_have_url(re.compile(r"/try/sent/"))


def confirm(page: Page, language: str, say: Callable[..., str]) -> None:
    """The link of the mail, read in the demo's outbox; looking at it confirms nothing, the button does."""
    page.goto("/demo/outbox/")
    page.locator("main table a").first.click()
    page.locator(f'main a[href*="/{language}/try/"]').first.click()
    assert not Ticket.objects.exists()
    page.get_by_role("button", name=say("Confirm and send")).click()
    page.wait_for_url(re.compile(r"/my/tickets/\d+/"))


def work(page: Page, say: Callable[..., str], ticket: Ticket, *, minutes: int, reason: str) -> None:
    """From the queue to the ticket; the clock runs while the demo's clock is put forward, then stops with a reason."""
    page.goto("/desk/queue/")
    page.locator(f"#ticket-{ticket.pk}").click()
    page.get_by_role("button", name=say("Start the clock")).click()
    page.wait_for_url(f"**/desk/tickets/{ticket.pk}/")
    put_clock_forward(page, minutes)
    page.goto(f"/desk/tickets/{ticket.pk}/")
    stop_clock(page, say, reason)


def stop_clock(page: Page, say: Callable[..., str], reason: str) -> None:
    """By the form that stops it: an answer has a reason of its own (T13)."""
    stop = page.get_by_role("button", name=say("Stop the clock"))
    page.locator("form", has=stop).locator("[name=reason]").fill(reason)
    stop.click()
    expect(page.get_by_role("main")).to_contain_text(reason)


def put_clock_forward(page: Page, minutes: int) -> None:
    """By one of the steps that the demo's clock offers."""
    page.goto("/demo/clock/")
    with page.expect_navigation():
        page.locator(f'button[name=seconds][value="{minutes * 60}"]').click()


def answer(page: Page, say: Callable[..., str], ticket: Ticket, text: str) -> None:
    page.goto(f"/desk/tickets/{ticket.pk}/")
    page.locator("main textarea[name=text]").first.fill(text)
    page.get_by_role("button", name=say("Send as proposed solution")).click()
    expect(page.get_by_role("main")).to_contain_text(text)
    ticket.refresh_from_db()
    assert ticket.state == "answered"


def solve(page: Page, say: Callable[..., str], ticket: Ticket) -> None:
    page.goto(f"/my/tickets/{ticket.pk}/")
    page.get_by_role("button", name=say("It’s solved: close the ticket")).click()
    expect(page.get_by_role("heading", name=say("How did we do?"))).to_be_visible()
    ticket.refresh_from_db()
    assert ticket.state == "closed"


def rate(page: Page, say: Callable[..., str], ticket: Ticket) -> None:
    page.goto(f"/my/tickets/{ticket.pk}/")
    page.locator('[name=score][value="5"]').check(force=True)
    page.get_by_role("button", name=say("Send rating"), exact=True).click()
    expect(page.get_by_role("heading", name=say("Your rating"))).to_be_visible()


def give_goodwill(page: Page, say: Callable[..., str], ticket: Ticket) -> None:
    """Three tokens, by the owner, with a reason; two clicks give them once."""
    page.goto(f"/desk/customers/{ticket.customer_id}/")
    page.locator('main a[href$="/goodwill/"]').click()
    page.locator("[name=quantity]").fill("3")
    page.locator("[name=last_day]").fill(f"{clock.now() + datetime.timedelta(days=90):%Y-%m-%d}")
    page.locator("[name=reason]").fill("for the patience")
    page.get_by_role("button", name=say("Give tickets")).dblclick()
    expect(page).to_have_url(re.compile(rf"/desk/customers/{ticket.customer_id}/$"))


def ask_again(page: Page, say: Callable[..., str]) -> Ticket:
    """A second question, paid by a token although free minutes are left (F2: the person may keep them)."""
    page.goto("/my/tickets/new/")
    page.locator("[name=subject]").fill("The printer is silent")
    page.locator("[name=text]").fill("It does nothing since this morning.")
    page.locator("[name=criticality][value=hindered]").check()
    page.locator("[name=way][value=tokens]").check()
    page.get_by_role("button", name=say("Send my question")).dblclick()
    expect(page).to_have_url(re.compile(r"/my/tickets/\d+/"))
    return Ticket.objects.exclude(state="closed").get()
