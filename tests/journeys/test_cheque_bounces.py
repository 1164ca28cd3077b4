"""O7: a cheque is announced, comes, goes to the bank, and bounces; its customer pays again by transfer."""

from collections.abc import Callable

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from carnet.catalogue.models import Edition
from carnet.cheques.models import ChequeAnnouncement, DepositSlip
from carnet.kernel import clock
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.people.models import Person
from tests.factories.orders import lot_of, place
from tests.journeys.conftest import make_claire

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., str]
SignIn = Callable[[Page, str], None]


@pytest.fixture
def claire(team: None, language: str) -> Person:
    """She holds the account of her household."""
    return make_claire(language)


def test_a_cheque_bounces_and_is_paid_again(
    claire: Person, language: str, say: Say, opened: Callable[..., Page], sign_in: SignIn
) -> None:
    customer, owner = opened(viewport={"width": 360, "height": 740}), opened()
    sign_in(customer, "claire@example.org")
    sign_in(owner, "odile@example.org")
    order = place(claire, Edition.objects.get(offer__code="tokens-20"), clock.now(), means="cheque", language=language)
    customer.goto(f"/my/orders/{order.reference}/")
    customer.locator("[name=cheque_number]").fill("1234567")
    customer.get_by_role("button", name=say("I have sent my cheque")).dblclick()
    main, desk = customer.get_by_role("main"), owner.get_by_role("main")
    expect(customer.locator("[name=cheque_number]")).to_have_count(0)
    assert ChequeAnnouncement.objects.count() == 1
    # It comes, and goes on a slip to the bank.
    owner.goto("/desk/cheques/?state=announced")
    expect(desk).to_contain_text("1234567")
    owner.goto(f"/desk/orders/{order.pk}/")
    owner.get_by_role("button", name=say("Record payment")).dblclick()
    expect(desk.locator('a.button[href^="/desk/invoices/F"]')).to_have_count(1)
    owner.goto("/desk/cheques/")
    owner.get_by_role("button", name=say("Make a deposit slip")).dblclick()
    owner.wait_for_url("**/desk/cheques/slips/*/")
    slip = DepositSlip.objects.get()
    expect(desk).to_contain_text(slip.number)
    answer = owner.request.get(f"/desk/cheques/slips/{slip.pk}/pdf/")
    assert answer.body().startswith(b"%PDF")
    # The bank sends it back.
    payment = slip.cheques.get().payment_id
    owner.goto(f"/desk/payments/{payment}/bounced/")
    owner.get_by_role("button", name=say("Mark as bounced")).dblclick()
    owner.wait_for_url(lambda address: not address.endswith("/bounced/"))
    lot = lot_of(order)
    assert (lot.frozen, lot.available) == (20, 0)
    assert OutgoingMail.objects.filter(kind="till/bounce", to=claire.email).count() == 1
    customer.reload()
    expect(main).to_contain_text(say("Frozen: the bank returned your cheque unpaid"))
    # She pays by transfer, and everything can be used again.
    owner.goto(f"/desk/orders/{order.pk}/")
    owner.locator("[name=means][value=transfer]").check()
    owner.get_by_role("button", name=say("Record payment")).dblclick()
    owner.wait_for_load_state()
    with translation.override(language):
        expect(desk).to_contain_text(translation.pgettext("cheque", "paid again"))
    expect(desk).not_to_contain_text("bounce:")
    lot = Lot.objects.get(pk=lot.pk)
    assert (lot.frozen, lot.available) == (0, 20)
    customer.reload()
    expect(main).to_contain_text(say("Paid, and active"))
