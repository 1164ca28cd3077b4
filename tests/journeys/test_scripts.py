"""What our scripts add, in a real browser; and that the same pages work without them."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from carnet.people.models import Person
from carnet.tickets.models import ContactMessage
from tests.people import *  # noqa: F403

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.appearance]
GUIDE = "/desk/style-guide/"


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser complains of: errors of scripts, and what the policy forbade."""
    heard: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            heard.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield heard
    assert heard == []


@pytest.fixture
def at_the_desk(context: BrowserContext, awa: Person, live_server: object) -> Person:
    client = Client()
    awa.language = "en"
    awa.save()
    client.force_login(awa)
    cookie = client.cookies["carnet_session"]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": str(live_server)}])
    return awa


def write_contact_message(page: Page, text: str = "Do you help with printers?") -> None:
    page.goto("/en/contact/")
    page.get_by_label("Subject").fill("Printers")
    page.get_by_label("Your name").fill("Zoé")
    page.get_by_label("Your e-mail address").fill("zoe@example.org")
    page.locator("textarea").fill(text)


def test_typed_text_survives_a_closed_page(page: Page, complaints: list[str]) -> None:
    write_contact_message(page)
    page.goto("/en/")
    page.goto("/en/contact/")
    expect(page.locator("textarea")).to_have_value("Do you help with printers?")
    expect(page.get_by_text("Here is what you typed before.")).to_be_visible()
    page.get_by_role("button", name="Discard").click()
    expect(page.locator("textarea")).to_have_value("")
    page.reload()
    expect(page.locator("textarea")).to_have_value("")


def test_draft_is_gone_once_the_form_arrived(page: Page, complaints: list[str]) -> None:
    write_contact_message(page)
    page.locator("main form .button").click()
    page.wait_for_url("**/contact/sent/")
    page.goto("/en/contact/")
    expect(page.locator("textarea")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_second_press_sends_nothing(page: Page, complaints: list[str]) -> None:
    write_contact_message(page)
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.evaluate("const button = document.querySelector('main form .button'); button.click(); button.click();")
    page.wait_for_url("**/contact/sent/")
    assert len(posts) == 1
    assert ContactMessage.objects.count() == 1


def test_same_form_without_scripts(browser: Browser, live_server: object) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=str(live_server))
    page = context.new_page()
    write_contact_message(page)
    expect(page.locator(".with-script").first).to_be_hidden()
    page.locator("main form .button").click()
    expect(page).to_have_url(re.compile("/contact/sent/"))
    assert ContactMessage.objects.count() == 1
    context.close()


def test_clock_counts_on_and_warns(page: Page, at_the_desk: Person, complaints: list[str]) -> None:
    # It stands still until it is moved, so that a slow machine counts nothing by itself.
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.goto(GUIDE)
    timer = page.locator("[data-theme=light] [data-timer]").first
    expect(timer.locator("[data-timer-time]")).to_have_text("6:12")
    page.clock.run_for(68_000)
    expect(timer.locator("[data-timer-time]")).to_have_text("7:20")
    page.clock.run_for(1060_000)
    expect(timer).to_have_class(re.compile("near"))
    expect(timer.get_by_role("status")).to_have_text("The paid time ends in 5 minutes.")
    page.clock.run_for(300_000)
    expect(timer).to_have_class(re.compile("over"))


def test_files_are_listed_before_they_are_sent(page: Page, at_the_desk: Person, complaints: list[str]) -> None:
    page.goto(GUIDE)
    box = page.locator("[data-theme=light] [data-upload]").first
    box.evaluate("(box) => { box.dataset.maxBytes = 1000; }")
    files = [
        {"name": f"{name}.png", "mimeType": "image/png", "buffer": b"x" * size}
        for name, size in (("small", 9), ("large", 2000))
    ]
    box.locator("input").set_input_files(files)  # type: ignore[arg-type]
    expect(box.locator("li")).to_have_count(2)
    expect(box.locator("li.too-large")).to_contain_text("large.png")
    box.get_by_role("button", name="Remove: large.png").click()
    assert box.locator("input").evaluate("(input) => [...input.files].map((file) => file.name)") == ["small.png"]


def test_dialog_and_menu_by_keyboard(page: Page, at_the_desk: Person, complaints: list[str]) -> None:
    page.goto(GUIDE)
    page.locator("[data-opens=cancel-light]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#cancel-light")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#cancel-light")).to_be_hidden()
    summary = page.locator(".bar summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".bar .menu-sheet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".bar .menu-sheet")).to_be_hidden()
    expect(summary).to_be_focused()


def test_theme_is_chosen_without_a_script(browser: Browser, live_server: object) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=str(live_server), color_scheme="light")
    page = context.new_page()
    page.goto("/en/contact/")
    page.get_by_role("button", name="Dark theme").click()
    expect(page).to_have_url(re.compile("/en/contact/"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    context.close()
