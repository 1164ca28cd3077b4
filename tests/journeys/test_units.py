"""Units at work: minute 25, minute 30, consent, a second token, closed, statement; a household that shares a carnet."""

import re
from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from carnet.catalogue.models import Edition, Offer
from carnet.kernel import clock
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.people.models import Customer, Membership, Person
from carnet.tickets import tasks
from carnet.tickets.models import Closure, Ticket, WorkSession
from tests.factories.orders import place
from tests.factories.people import make_customer, make_member, make_person
from tests.journeys.conftest import PASSWORD
from tests.journeys.steps import answer, put_clock_forward, solve, stop_clock

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., str]
SignIn = Callable[[Page, str], None]


@pytest.fixture
def household(team: None, language: str) -> Customer:
    """Claire holds the account, Hugo belongs to it."""
    claire, hugo = (
        make_person(f"{name} Martin", email=f"{name.lower()}@example.org", language=language, password=PASSWORD)
        for name in ("Claire", "Hugo")
    )
    customer = make_customer(claire, "Famille Martin")
    make_member(customer, hugo)
    return customer


def buy(page: Page, say: Say, customer: Customer, *, tokens: int) -> Lot:
    """Claire has ordered a carnet of so many tickets; the owner records its money, and two clicks record it once."""
    edition = Edition.objects.get(offer__kind=Offer.Kind.TOKENS, quantity=tokens)
    order = place(Person.objects.get(email="claire@example.org"), edition, clock.now())
    page.goto(f"/desk/orders/{order.pk}/")
    page.get_by_role("button", name=say("Record payment")).dblclick()
    expect(page.get_by_role("main")).to_contain_text(say("paid"))
    return Lot.objects.get(unit="token", customer=customer)


def ask(page: Page, say: Say, way: str = "tokens") -> Ticket:
    page.goto("/my/tickets/new/")
    page.locator("[name=subject]").fill("The printer is silent")
    page.locator("[name=text]").fill("It does nothing since this morning.")
    page.locator("[name=criticality][value=hindered]").check()
    choice = page.locator(f"[name=way][value={way}]")
    if choice.get_attribute("type") == "radio":
        choice.check()
    page.get_by_role("button", name=say("Send my question")).click()
    page.wait_for_url(re.compile(r"/my/tickets/\d+/"))
    return Ticket.objects.latest("pk")


def let_pass(page: Page, *minutes: int) -> None:
    """The agent works on while the demo's clock goes forward; then the worker looks at the clocks."""
    for step in minutes:
        put_clock_forward(page, step)
    tasks.follow_clocks.call()


def kinds_of_mails() -> list[str]:
    return list(OutgoingMail.objects.filter(kind__startswith="tickets/clock").values_list("kind", flat=True))


@pytest.mark.both
def test_minute_25_minute_30_consent_second_token_closed_statement(
    household: Customer, language: str, say: Say, opened: Callable[..., Page], sign_in: SignIn
) -> None:
    customer, agent, owner = opened(), opened(), opened()
    for page, name in ((customer, "claire"), (agent, "awa"), (owner, "odile")):
        sign_in(page, f"{name}@example.org")
    lot = buy(owner, say, household, tokens=5)
    ticket = ask(customer, say)
    main, at_work = customer.get_by_role("main"), agent.get_by_role("main")

    agent.goto(f"/desk/tickets/{ticket.pk}/")
    agent.get_by_role("button", name=say("Start the clock")).click()
    let_pass(agent, 15, 5)
    customer.reload()
    agree = main.locator("#agree button")
    expect(agree).to_have_count(0)

    # Minute 25: both are warned, and the question is asked.
    let_pass(agent, 5)
    assert kinds_of_mails() == ["tickets/clock_warning"]
    customer.goto(f"/my/tickets/{ticket.pk}/")
    expect(agree).to_have_count(1)

    # Minute 30 without an answer: the clock stops; the agent goes on and offers the time.
    let_pass(agent, 5)
    assert kinds_of_mails() == ["tickets/clock_warning", "tickets/clock_stopped"]
    agent.goto(f"/desk/tickets/{ticket.pk}/")
    agent.get_by_role("button", name=say("Continue free of charge until they agree")).click()
    expect(at_work).to_contain_text(
        say("The customer has been asked whether to continue. Any work in the meantime is free of charge.")
    )
    let_pass(agent, 5)

    # Consent, from the link in the mail and in one step: what follows is paid.
    customer.goto(re.search(r"/my/tickets/\d+/", OutgoingMail.objects.latest("pk").text)[0])  # type: ignore[index]
    with customer.expect_navigation():
        agree.dblclick()
    expect(agree).to_have_count(0)
    lot.refresh_from_db()
    assert (lot.available, lot.reserved) == (3, 2)
    let_pass(agent, 5)
    agent.goto(f"/desk/tickets/{ticket.pk}/")
    stop_clock(agent, say, "driver reinstalled")
    kinds = list(WorkSession.objects.order_by("started_at").values_list("kind", flat=True))
    assert kinds == ["chargeable", "offered", "chargeable"]

    answer(agent, say, ticket, "It prints.")
    solve(customer, say, ticket)
    assert Closure.objects.get().price_tokens == 2
    lot.refresh_from_db()
    assert (lot.available, lot.reserved, lot.spent) == (3, 0, 2)
    customer.goto("/my/")
    expect(customer.locator(f'.stubs a[href="/my/tickets/{ticket.pk}/"]')).to_have_count(2)
    customer.goto("/my/statement/")
    expect(main).to_contain_text("T2")
    main.locator("details.entry > summary").first.click()
    expect(main.locator(f'a[href="/my/tickets/{ticket.pk}/"]').first).to_be_visible()
    call_command("verify")


@pytest.mark.parametrize("language", ["fr"], indirect=True)
def test_a_household_shares_a_carnet_with_an_allowance_and_removes_a_member(
    household: Customer, say: Say, opened: Callable[..., Page], sign_in: SignIn
) -> None:
    holder, member, owner = opened(), opened(is_heard=False), opened()
    for page, name in ((holder, "claire"), (member, "hugo"), (owner, "odile")):
        sign_in(page, f"{name}@example.org")
    lot = buy(owner, say, household, tokens=20)
    hugo = Membership.objects.get(person__email="hugo@example.org")

    holder.goto("/my/")
    holder.locator(f'main a[href="/my/units/{lot.number}/sharing/"]').click()
    row = holder.locator("tbody tr", has_text="Hugo Martin")
    row.locator("select").select_option("some")
    row.locator("input[type=number]").fill("1")
    with holder.expect_navigation():
        holder.get_by_role("main").locator("form button").last.click()

    # His one ticket is reserved; a second question is kept, and he is told before sending.
    first = ask(member, say)
    assert first.cover.state == "covered"
    second = ask(member, say, "none")
    assert second.cover.state == "waiting"
    holder.goto("/my/")
    expect(holder.get_by_role("main")).to_contain_text(str(first.pk))

    # Removed: his tickets pass to the holder, who sees number and cost, agrees to go on, and closes.
    holder.goto(f"/my/people/{hugo.pk}/remove/")
    holder.get_by_role("button", name=say("Remove")).click()
    holder.wait_for_url("**/my/people/")
    tasks.pass_on.call()
    seen = member.goto(f"/my/tickets/{first.pk}/")
    assert seen is not None
    assert seen.status == 404
    assert Ticket.objects.filter(passed_to__email="claire@example.org").count() == 2
    main = holder.get_by_role("main")
    holder.goto(f"/my/tickets/{second.pk}/")
    expect(main).not_to_contain_text("It does nothing since this morning.")
    with holder.expect_navigation():
        main.locator("#agree button").click()
    second.refresh_from_db()
    assert (second.cover.state, second.cover.person.email) == ("covered", "claire@example.org")
    holder.goto(f"/my/tickets/{first.pk}/close/")
    holder.get_by_role("button", name=say("It’s solved: close the ticket")).click()
    holder.wait_for_url(f"**/my/tickets/{first.pk}/")
    lot.refresh_from_db()
    assert (lot.available, lot.reserved, lot.spent) == (19, 1, 0)
    call_command("verify")
