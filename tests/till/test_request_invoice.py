"""O8: a company asks for its invoice before it pays: paid later, or corrected by a credit note."""

from functools import partial

import pytest

from carnet.invoices import queries as issued
from carnet.invoices.models import Invoice
from carnet.ledger.models import Lot
from carnet.orders.actions import waiting
from carnet.orders.models import InvoiceRequest, Order
from carnet.orders.queries import amounts
from carnet.payments import queries as payments
from carnet.people.models import Person
from carnet.provider import actions as provider
from carnet.till.actions import crediting, invoicing, recording, undoing
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import day, moment
from tests.factories.online import pay_online
from tests.factories.orders import AT, open_shop, pay, place
from tests.factories.people import signed_in
from tests.factories.processes import all_at_once
from tests.factories.tickets import in_english
from tests.proofs import every_fault


@pytest.fixture
def order(ines, odile):
    """20 tickets for 240.00 €, to be paid by transfer until 28 March."""
    Person.objects.update(language="en")
    open_shop()
    return place(ines, put_on_sale())


def request(order, at=AT):
    return invoicing.request_invoice(order=order, by=TEST, at=moment(at))


def fresh(order):
    return Order.objects.with_lines().get(pk=order.pk)


def test_O8_it_is_due_in_30_days_and_the_order_waits_as_long(order):
    invoice = request(order, "2027-03-10 12:00")
    assert (invoice.issued_on, invoice.due_on, invoice.gross_cents) == (day("2027-03-10"), day("2027-04-09"), 24_000)
    assert issued.issued(invoice).facts.paid == ()
    assert fresh(order).expires_at == moment("2027-04-10 00:00")
    assert not Lot.objects.exists()
    assert InvoiceRequest.objects.get().order == order
    assert every_fault() == []


def test_O8_paid_later_it_is_the_invoice_of_the_purchase(order):
    invoice = request(order)
    pay(order, at="2027-03-20 12:00")
    assert fresh(order).settlement.invoice == invoice
    assert (Invoice.objects.count(), Lot.objects.count()) == (1, 1)
    assert request(order, "2027-03-21 12:00") == invoice
    assert every_fault() == []


def test_O8_credit_and_parts_paid_before_stand_on_it(robledo, order):
    pay(order, 4_000)
    crediting.record_unallocated_payment(
        customer=robledo,
        money=recording.Received("transfer", 5_000, day("2027-02-26")),
        by=TEST,
        at=moment(AT),
        key="k",
    )
    other = place(Person.objects.get(memberships__customer=robledo), put_on_sale("tokens-50", 50))
    assert [(one.means, one.amount_cents) for one in issued.issued(request(order)).facts.paid] == [("transfer", 4_000)]
    assert [(one.means, one.amount_cents) for one in issued.issued(request(other)).facts.paid] == [("credit", 5_000)]
    assert every_fault() == []


@pytest.mark.parametrize("end", ["expires", "is cancelled"])
def test_O8_never_paid_a_credit_note_corrects_it(order, end):
    invoice = request(order)
    pay(order, 4_000)
    if end == "expires":
        waiting.expire_order(order=order, by=TEST, at=moment("2027-04-01 00:00"))
    else:
        waiting.cancel_order(order=order, by=TEST, at=moment("2027-03-15 12:00"))
    note = Invoice.objects.get(kind="credit_note")
    assert (note.corrects, note.gross_cents, note.facts["reason"]) == (invoice, 24_000, "unpaid")
    assert [(one.means, one.amount_cents) for one in issued.issued(note).facts.paid] == [("credit", 4_000)]
    assert payments.credit_cents(order.customer) == 4_000
    assert every_fault() == []


def test_O3_O8_revived_by_late_money_it_gets_a_new_invoice(order):
    first = request(order)
    waiting.expire_order(order=order, by=TEST, at=moment("2027-04-01 00:00"))
    pay(order, at="2027-04-10 12:00")
    second = fresh(order).settlement.invoice
    assert second != first
    assert [one.kind for one in Invoice.objects.order_by("pk")] == ["invoice", "credit_note", "invoice"]
    assert every_fault() == []


def test_O8_asked_twice_there_is_one_and_after_its_correction_another(order):
    assert request(order) == request(order, "2027-03-01 12:00")
    waiting.expire_order(order=order, by=TEST, at=moment("2027-04-01 00:00"))
    with pytest.raises(waiting.OrderNotWaiting):
        request(order, "2027-04-02 12:00")
    pay(order, 4_000, at="2027-04-10 12:00")  # waits again
    request(order, "2027-04-11 12:00")
    assert Invoice.objects.filter(kind="invoice").count() == 2
    assert every_fault() == []


def test_O8_due_at_once_if_the_provider_says_so(order):
    provider.change_setting(name="invoice_due_days", value=0, by=TEST, at=moment(AT))
    until = order.expires_at
    assert request(order).due_on == day("2027-02-26")
    assert fresh(order).expires_at == until


def test_O8_a_part_recorded_by_mistake_is_taken_off_by_another_invoice(order):
    payment = pay(order, 4_000)
    first = request(order)
    undoing.undo_payment(payment=payment, reason="Of somebody else.", by=TEST, at=moment("2027-03-01 12:00"))
    second = amounts.invoice_requested(fresh(order))
    assert first.credit_notes.get().gross_cents == 24_000
    assert issued.issued(second).facts.paid == ()
    pay(order, at="2027-03-02 12:00")
    assert fresh(order).settlement.invoice == second
    assert every_fault() == []


def test_O8_asked_in_one_year_and_paid_at_paypal_in_the_next(ines, odile):
    open_shop()
    order = place(ines, put_on_sale(at=moment("2027-12-01 12:00")), "2027-12-20 12:00")
    invoice = request(order, "2027-12-31 23:30")
    pay_online(order, at="2028-01-02 12:00")
    assert (invoice.number, fresh(order).settlement.invoice) == ("F2027-000001", invoice)
    assert every_fault() == []


def test_a_household_is_refused(claire, odile):
    open_shop()
    with pytest.raises(invoicing.InvoiceForCompanies):
        request(place(claire, put_on_sale()))
    assert not Invoice.objects.exists()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_asked_while_it_is_paid(order):
    all_at_once([partial(request, order), partial(pay, order), partial(request, order)])
    assert Invoice.objects.count() == 1
    assert fresh(order).is_settled
    assert every_fault() == []


def test_by_the_pages(ines, odile, order):
    page = in_english(ines).get(f"/my/orders/{order.reference}/").content.decode()
    assert f'action="/my/orders/{order.reference}/invoice/"' in page
    assert signed_in(ines).post(f"/my/orders/{order.reference}/invoice/").status_code == 302
    invoice = Invoice.objects.get()
    page = in_english(ines).get(f"/my/orders/{order.reference}/").content.decode()
    assert f"/my/invoices/{invoice.number}/" in page
    assert f"Invoice {invoice.number} is due on" in page
    assert "Issue the invoice now" not in page
    assert invoice.number in signed_in(odile).get(f"/desk/orders/{order.pk}/").content.decode()


def test_the_verification_names_one_that_nobody_settled_or_corrected(order):
    invoice = request(order)
    Order.objects.filter(pk=order.pk).update(state="cancelled")
    (found,) = every_fault("orders")
    assert found == f"order {order.pk}: its invoice {invoice.number} was neither paid nor corrected by a credit note"
