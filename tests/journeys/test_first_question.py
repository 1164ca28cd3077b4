"""The whole path in each language: first question, work, answer, solved, rated; then goodwill and a token."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from carnet.ledger.models import Lot
from carnet.tickets.models import Rating, Ticket
from tests.journeys.steps import QUESTION, answer, ask, ask_again, confirm, give_goodwill, rate, solve, work

pytestmark = pytest.mark.django_db(transaction=True)


def test_first_question_to_rating_and_second_ticket(
    team: None,
    language: str,
    say: Callable[..., str],
    opened: Callable[..., Page],
    sign_in: Callable[[Page, str], None],
    picture: Path,
) -> None:
    customer, agent, owner = opened(), opened(), opened()
    sign_in(agent, "awa@example.org")
    sign_in(owner, "odile@example.org")

    ask(customer, language, say, picture)
    confirm(customer, language, say)
    expect(customer.get_by_role("main")).to_contain_text(QUESTION)
    expect(customer.get_by_role("main")).to_contain_text("15")
    first = Ticket.objects.get()
    assert (first.language, first.cover.free_minutes) == (language, 15)

    work(agent, say, first, minutes=5, reason="cable and input looked at")
    answer(agent, say, first, "The screen listened to the wrong input.")
    customer.reload()
    main = customer.get_by_role("main")
    for words in ("cable and input looked at", "Awa Diallo", "The screen listened to the wrong input."):
        expect(main).to_contain_text(words)
    solve(customer, say, first)
    rate(customer, say, first)

    give_goodwill(owner, say, first)
    customer.goto("/my/")
    expect(customer.locator(".stubs li")).to_have_count(3)
    second = ask_again(customer, say)
    assert (second.cover.means, second.cover.free_minutes) == ("tokens", 0)
    work(agent, say, second, minutes=15, reason="printer set up again")
    answer(agent, say, second, "It prints.")
    solve(customer, say, second)

    lot = Lot.objects.get(unit="token")
    assert (lot.available, lot.reserved, lot.spent) == (2, 0, 1)
    trial = Lot.objects.get(unit="minute")
    assert (trial.available, trial.reserved, trial.spent) == (10, 0, 5)
    assert Rating.objects.get().score == 5
    customer.goto("/my/")
    expect(customer.locator(f'.stubs a[href="/my/tickets/{second.pk}/"]')).to_be_visible()
    call_command("verify")
