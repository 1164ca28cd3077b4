"""O11: a consumer withdraws on day 5 with 3 of 20 tickets used, and without an account at hand."""

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from carnet.catalogue.models import Edition
from carnet.invoices import tasks as invoice_tasks
from carnet.invoices.models import Invoice
from carnet.kernel import clock
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.people.models import Person
from carnet.repayments.models import Repayment
from carnet.web import formats
from tests.factories.ledger import spend, take
from tests.factories.orders import IBAN, lot_of, pay, place
from tests.journeys.conftest import make_claire
from tests.journeys.steps import put_clock_forward

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., str]
SignIn = Callable[[Page, str], None]
A_DAY = 24 * 60
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def claire(team: None, language: str) -> Person:
    """She holds the account of her household."""
    return make_claire(language)


def test_a_consumer_withdraws_on_day_5(
    claire: Person, language: str, say: Say, opened: Callable[..., Page], sign_in: SignIn
) -> None:
    visitor, owner = opened(viewport={"width": 360, "height": 740}), opened()
    sign_in(owner, "odile@example.org")
    order = place(claire, Edition.objects.get(offer__code="tokens-20"), clock.now(), language=language)
    pay(order, at=clock.now())
    used_at = f"{clock.now().astimezone(PARIS):%Y-%m-%d %H:%M:%S}"
    take(claire, order.customer, 1, quantity=3, at=used_at)
    spend(order.customer, 1, 3, at=used_at)
    for days in (1, 4):
        put_clock_forward(owner, days * A_DAY)
    lot = lot_of(order)
    back = formats.money(order.price_cents - order.price_cents * 3 // 20, language)

    # From the foot of any page: what is declared, what comes back, and the second button.
    visitor.goto(f"/{language}/")
    visitor.locator(f'footer a[href="/{language}/withdraw/"]').click()
    visitor.locator(f'main a.button[href="/{language}/withdraw/declare/"]').click()
    visitor.locator("[name=name]").fill("Claire Martin")
    visitor.locator("[name=contract]").fill(order.reference_shown)
    visitor.locator("[name=email]").fill("claire@example.org")
    visitor.get_by_role("button", name=say("Continue")).click()
    main = visitor.get_by_role("main")
    expect(main).to_contain_text(say("You get back %(amount)s", amount=back))
    visitor.locator("[name=account_holder]").fill("Claire Martin")
    visitor.locator("[name=iban]").fill(IBAN)
    visitor.get_by_role("button", name=say("Confirm my withdrawal")).dblclick()
    visitor.wait_for_url(f"**/{language}/withdraw/sent/")
    expect(main).to_contain_text(order.reference_shown)

    # The receipt came at once; its link shows it again, and carries it out.
    receipt = OutgoingMail.objects.get(kind="till/withdrawal_received")
    (link,) = re.findall(rf"http\S+/{language}/withdraw/confirm/\S+", receipt.text)
    visitor.goto(link)
    expect(main).to_contain_text(back)
    assert not Repayment.objects.exists()
    visitor.get_by_role("button", name=say("Yes, I withdraw")).dblclick()
    expect(main).to_contain_text(say("Your withdrawal has been carried out"))
    lot.refresh_from_db()
    assert (lot.spent, lot.refunded, lot.available) == (3, 17, 0)
    note = Invoice.objects.get(kind="credit_note")
    assert (note.corrects, Repayment.objects.get().amount_cents) == (order.settlement.invoice, note.gross_cents)
    invoice_tasks.make_document.call(note.pk)

    # The owner sends it, and she sees it with her credit note.
    owner.goto("/desk/repayments/")
    owner.locator("main td a.subject").click()
    desk = owner.get_by_role("main")
    expect(desk).to_contain_text(back)
    owner.get_by_role("button", name=say("Record as sent")).dblclick()
    expect(desk).to_contain_text(say("Nothing to send back"))
    assert Repayment.objects.get().state == "sent"
    customer = opened()
    sign_in(customer, "claire@example.org")
    customer.goto(f"/my/orders/{order.reference}/")
    expect(customer.get_by_role("main")).to_contain_text(note.number)
    customer.goto("/my/statement/")
    expect(customer.get_by_role("main")).to_contain_text(formats.amount(17, "token", language))
    assert Lot.objects.get().refunded == 17
