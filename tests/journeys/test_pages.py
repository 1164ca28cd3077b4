"""Every page of the path, looked at by axe in both themes, and laid out from 320 to 2560 pixels in each language."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from carnet.kernel import clock, references
from carnet.mail.models import OutgoingMail
from carnet.people.models import Person
from carnet.tickets.actions import work as clocks
from carnet.tickets.models import Ticket
from tests.factories.catalogue import put_on_sale
from tests.factories.orders import pay, place
from tests.factories.people import make_customer, make_member, make_person, signed_in
from tests.factories.tickets import answer, close, contact_message, give_tokens, make_ticket, work_on

pytestmark = [pytest.mark.django_db(transaction=True, reset_sequences=True), pytest.mark.appearance]

PUBLIC = ("", "offers/", "faq/", "try/", "contact/", "legal-notice/", "terms/", "privacy/", "withdraw/",
          "withdraw/declare/", "end-contract/", "end-contract/declare/", "accessibility/", "account/login/",
          "account/signup/", "account/login/code/", "account/password/reset/", "order/tokens-5/")  # fmt: skip
CUSTOMERS = ("/my/", "/my/tickets/", "/my/tickets/?state=closed", "/my/tickets/new/", "/my/people/", "/my/profile/",
             "/my/tickets/1/", "/my/tickets/2/", "/my/tickets/3/", "/my/tickets/4/", "/my/tickets/5/",
             "/my/tickets/3/stop-at/", "/my/tickets/3/close/", "/my/units/1/sharing/",
             "/my/statement/", "/my/orders/", "/my/order/tokens-5/", "/my/orders/RF33AB23CD45/")  # fmt: skip
DESK = ("/desk/queue/", "/desk/queue/all/", "/desk/customers/", "/desk/customers/1/", "/desk/customers/1/goodwill/",
        "/desk/customers/1/statement/", "/desk/customers/1/tickets/", "/desk/customers/1/money/",
        "/desk/orders/", "/desk/orders/1/", "/desk/payments/", "/desk/invoices/",
        "/desk/customers/1/payment/", "/desk/payments/1/undo/",
        *(f"/desk/tickets/{number}/" for number in range(1, 6)),
        *(f"/desk/tickets/3/{verb}/" for verb in ("stop", "close", "split", "merge", "time")),
        "/desk/contact/", "/desk/contact/1/", "/desk/settings/", "/desk/settings/company/", "/desk/settings/targets/",
        "/desk/jobs/", "/desk/mails/", "/desk/audit/", "/desk/verification/", "/demo/clock/")  # fmt: skip
WIDTHS = (320, 360, 768, 1280, 2560)


@pytest.fixture
def world(team: None, language: str) -> tuple[Person, Person]:
    """A holder with tickets worked on, answered, closed, waiting for consent and for units; and the owner."""
    now = clock.now()
    claire = make_person("Claire Martin", email="claire@example.org", language=language, at=now)
    household = make_customer(claire, "Famille Martin", at=now)
    make_member(household, make_person("Hugo Martin", email="hugo@example.org", at=now), at=now)
    give_tokens(household, 20, at=now)
    for reference in ("RF33AB23CD45", "RF76AB23CD47"):
        with mock.patch.object(references, "new_reference", return_value=reference):
            order = place(claire, put_on_sale(at=now), now, language=language)
    pay(order, at=now)
    awa, odile = Person.objects.get(email="awa@example.org"), Person.objects.get(email="odile@example.org")
    subjects = ("Printer", "Mail", "Wifi" * 40, "Backup")
    first, second, third, fourth = (make_ticket(claire, subject=subject, text=subject, at=now) for subject in subjects)
    make_ticket(claire, subject="Scanner", means="none", at=now)
    contact_message(language=language, text="When?", at=now)
    clock.put_forward(40 * 60)
    work_on(fourth, awa, 30, since=now)
    clocks.follow_clock(ticket=fourth, at=clock.now())
    for ticket in (first, second):
        work_on(ticket, awa, 12, since=now)
        answer(ticket, awa, at=clock.now(), should_solve=True)
    close(first, at=clock.now())
    clocks.start_work(ticket=third, by=awa.as_actor(), at=clock.now())
    numbers = list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
    assert numbers == [1, 2, 3, 4, 5], "the addresses above name them"
    return claire, odile


@pytest.fixture
def visit_as(opened: Callable[..., Page], live_server: Any) -> Callable[..., Page]:
    """A browser in which the person is signed in already."""

    def visit_as(person: Person, **more: Any) -> Page:
        page = opened(**more)
        cookie = signed_in(person).cookies["carnet_session"]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return page

    return visit_as


@pytest.mark.parametrize("language", ["fr"], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    world: tuple[Person, Person],
    visit_as: Callable[..., Page],
    opened: Callable[..., Page],
    language: str,
    scheme: str,
) -> None:
    findings = []
    # axe styles pages and fetches their styles, which our policy refuses; whether pages keep it is the other test's.
    for page, address in walks(world, visit_as, opened, language, bypass_csp=True, is_heard=False):
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        for rule in Axe().run(page).response["violations"]:
            findings.append((address, rule["id"], [node["target"] for node in rule["nodes"]]))
    assert findings == []


@pytest.mark.every_language
def test_nothing_is_wider_than_its_window(
    world: tuple[Person, Person], visit_as: Callable[..., Page], opened: Callable[..., Page], language: str
) -> None:
    wider = []
    for page, address in walks(world, visit_as, opened, language):
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            by = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if by > 0:
                wider.append((address, width, by))
    assert wider == []


def walks(
    world: tuple[Person, Person],
    visit_as: Callable[..., Page],
    opened: Callable[..., Page],
    language: str,
    **more: Any,
) -> list[tuple[Page, str]]:
    visitor, holder, owner = opened(**more), visit_as(world[0], **more), visit_as(world[1], **more)
    return [
        *((visitor, f"/{language}/{part}") for part in PUBLIC),
        *((visitor, address) for address in ("/demo/outbox/", f"/demo/outbox/{long_mail()}/")),
        *((holder, address) for address in CUSTOMERS),
        *((owner, address) for address in DESK),
    ]


def long_mail() -> int:
    """The mail with the longest subject."""
    return OutgoingMail.objects.filter(subject__contains="Wifi").latest("pk").pk
