"""A payment by PayPal is disputed after some tickets were used: frozen, lost, cancelled; seen by both sides."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from carnet.kernel import clock
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.payments.models import Dispute, OnlineRefund
from carnet.people.models import Person
from carnet.till import tasks
from tests.factories.tickets import close
from tests.journeys.test_paying_at_paypal import claire, go_to_paypal, pay_there  # noqa: F401 - a fixture
from tests.journeys.test_selling import order
from tests.journeys.test_units import ask
from tests.paypal import PaypalBeside

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., str]
SignIn = Callable[[Page, str], None]


def mail_to(person: Person) -> str:
    return OutgoingMail.objects.filter(kind="till/dispute", to=person.email).latest("pk").subject


def test_a_dispute_lost(
    claire: Person,  # noqa: F811
    language: str,
    say: Say,
    opened: Callable[..., Page],
    sign_in: SignIn,
    paypal: PaypalBeside,
) -> None:
    page, owner = opened(), opened()
    sign_in(page, claire.email)
    placed = order(page, say, language, "tokens-5", "paypal", name="Claire Martin")
    go_to_paypal(page, paypal)
    pay_there(page)
    main = page.get_by_role("main")
    expect(main).to_contain_text(say("Paid, and active"))
    ticket = ask(page, say)
    # Somebody disputes it, and no notice comes: the hourly look finds it.
    dispute_id = paypal.dispute(paypal.capture_ids()[0])
    tasks.look_at_disputes.call()
    assert (Lot.objects.get().frozen, Lot.objects.get().reserved) == (4, 1)
    page.goto("/my/")
    expect(main).to_contain_text(say("Frozen: a payment is disputed"))
    page.locator('main a[href="/my/orders/"]').first.click()
    page.locator("main td a.subject").first.click()
    expect(main).to_contain_text(say("Frozen: the payment is disputed"))
    assert mail_to(claire) == say("Your PayPal payment is disputed")
    # Her question goes on, and nothing frozen is offered to pay for another one.
    page.goto(f"/my/tickets/{ticket.pk}/")
    expect(main).to_contain_text("The printer is silent")
    page.goto("/my/tickets/new/")
    expect(page.locator("[name=subject]")).to_have_count(1)
    expect(page.locator("[name=way][value=tokens]")).to_have_count(0)
    sign_in(owner, "odile@example.org")
    owner.goto("/desk/paypal/disputes/")
    desk = owner.get_by_role("main")
    expect(desk).to_contain_text(dispute_id)
    expect(desk).to_contain_text("https://www.paypal.com/resolutioncenter")
    paypal.end_dispute(dispute_id, won=False)
    tasks.look_at_disputes.call()
    lot, dispute = Lot.objects.get(), Dispute.objects.get()
    assert (lot.refunded, lot.reserved, dispute.state) == (4, 1, "lost")
    assert OnlineRefund.objects.get().amount_cents == placed.price_cents
    owner.reload()
    expect(desk).to_contain_text(say("cancelled: %(amount)s").split("%")[0].strip())
    page.goto(f"/my/orders/{placed.reference}/")
    expect(main).to_contain_text(say("Cancelled: the payment was taken back"))
    page.goto("/my/statement/")
    expect(main).to_contain_text(say("Cancelled: the disputed payment was taken back"))
    assert mail_to(claire) == say("Your PayPal payment was taken back")
    # Her question ends without any work: its ticket comes back, and is cancelled, too.
    close(ticket, at=clock.now())
    tasks.follow_disputes.call()
    lot.refresh_from_db()
    assert (lot.refunded, lot.available, lot.frozen) == (5, 0, 0)
    page.goto("/my/")
    page.locator("details summary").first.click()
    expect(main).to_contain_text(
        say("The payment was disputed and taken back: what was not used is cancelled. Open tickets continue as usual.")
    )
