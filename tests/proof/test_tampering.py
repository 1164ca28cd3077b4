"""Somebody with the database in hand takes the triggers off, changes what was sold, makes everything agree that the
code tells them to, and puts the triggers back. What they don't have is the key, and the file outside the database.
"""

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from carnet.audit.models import Entry
from carnet.books import actions as books
from carnet.books.models import Head, Line
from carnet.catalogue.models import Edition
from carnet.invoices import actions as invoices
from carnet.invoices.models import Document, DocumentFile, Invoice, InvoiceBuyer, Series
from carnet.kernel import append_only, chain
from carnet.ledger.models import CustomerLedger, Lot, Movement
from carnet.orders.models import Activation, Order, OrderBuyer, Settlement, TermsDocument
from carnet.payments.models import (
    Checkout,
    OnlineFee,
    OnlineReceipt,
    OnlineRefund,
    Payment,
    PaymentDetails,
    UndonePayment,
)
from carnet.payments.rules.entries import MoneyMoved, entry
from carnet.people.models import Customer
from carnet.proof import actions, tasks
from carnet.proof.models import VerificationRun
from carnet.proof.replays import online as replay
from carnet.provider.models import TextVersion
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.online import capture_told, pay_online, refund_told, send_back
from tests.factories.orders import open_shop, pay, place
from tests.proofs import every_fault

pytestmark = [pytest.mark.django_db, pytest.mark.both]

CUT = "the file of the ends knows this line, and it is missing: lines were cut off, or an older copy was put back"


@dataclass
class Shop:
    """Two packs sold to the Martins, each with its PDF, and one that is only ordered."""

    martins: Customer
    edition: Edition
    first: Order
    last: Order
    waiting: Order


@pytest.fixture
def shop(martins, claire) -> Shop:
    open_shop()
    edition = put_on_sale()
    told: list[Order] = []
    for at in ("2027-02-26 12:00", "2027-03-01 12:00"):
        order = place(claire, edition, at)
        pay(order, at=at)
        invoices.make_document(Invoice.objects.latest("pk").pk, at=moment(at))
        told.append(order)
    waiting = place(claire, edition, "2027-03-02 12:00")
    assert every_fault() == []
    tasks.verify.call()  # the file outside knows both sales now
    assert VerificationRun.objects.latest("pk").fault_count == 0
    return Shop(martins, edition, told[0], told[1], waiting)


def after(tamper: Callable[[], object]) -> list[str]:
    """What the verification finds once this was done, which is undone again."""
    with transaction.atomic():
        append_only.remove()
        tamper()
        append_only.install()
        found = every_fault()
        transaction.set_rollback(True)
    return found


def payment_of(order: Order) -> Payment:
    return Payment.objects.get(cause_kind="order", cause_id=order.pk)


def chained_anew(first: int = 1, **changes: Any) -> None:
    """The books from this line on, with these changes of it, and the head and the audit adapted: all that can be done
    without the key, since the code of the chain can be read.
    """
    head = Line.objects.filter(sequence=first - 1).values_list("hash", flat=True).first() or chain.START
    for line in Line.objects.filter(sequence__gte=first).order_by("sequence"):
        for name, value in changes.items() if line.sequence == first else ():
            setattr(line, name, value)
        line.hash_before, line.hash = head, chain.link(head, line.chained_fields())
        line.save()
        head = line.hash
    adapt_books()


def adapt_books() -> None:
    last = Line.objects.order_by("sequence").last()
    assert last is not None
    Head.objects.update(hash=last.hash, line_count=last.sequence, last_at=last.at)
    entry = Entry.objects.filter(code="books.written").latest("pk")
    entry.details |= {"sequence": last.sequence, "head": last.hash}
    entry.save()


def test_a_payment_changed_or_deleted(shop):
    payment = payment_of(shop.first)
    rows = Payment.objects.filter(pk=payment.pk)
    where = f"payment {payment.pk}: the payment and the books differ"
    for change, field in (
        ({"amount_cents": 1}, "amount"),
        ({"received_on": datetime.date(2027, 2, 25)}, "received_on"),
        ({"means": "cheque"}, "means"),
        ({"cause_id": shop.waiting.pk}, "cause"),
        ({"content": "0" * 64}, "request"),
        ({"actor_id": 9}, "actor"),
    ):
        assert any(found.startswith(f"{where} (field {field}, ") for found in after(partial(rows.update, **change)))

    def delete() -> None:
        PaymentDetails.objects.filter(pk=payment.pk).delete()
        rows.delete()

    assert f"payment {payment.pk}: the books know it, and it is missing" in after(delete)
    assert f"order {shop.first.pk}: it is settled, and not enough was paid (paid_cents 0)" in after(delete)


def test_a_payment_more_than_the_books_know(shop):
    def add() -> None:
        payment = payment_of(shop.first)
        payment.pk, payment.key = None, "another"
        payment.save(force_insert=True)

    assert [found.split(": ", 1)[1] for found in after(add)] == ["it is not in the books"]


def test_what_an_order_fixed(shop):
    other_text = TextVersion.objects.exclude(kind="terms").earliest("pk")
    for order in (shop.first, shop.waiting):
        rows = Order.objects.filter(pk=order.pk)
        for change in (
            {"price_cents": 1, "net_cents": 1, "vat_cents": 0},
            {"placed_at": order.placed_at - datetime.timedelta(days=1)},
            {"ordered_on": datetime.date(2027, 1, 1)},
            {"withdrawal_last_day": None, "express_request": False},
            {"order_days": 300},
            {"terms_id": other_text.pk},
            {"reference": "RF18539007547034"},
        ):
            found = after(partial(rows.update, **change))
            assert f"order {order.pk}: what it fixed was changed after it was placed" in found
        later = order.expires_at + datetime.timedelta(days=1)
        (wrong,) = after(partial(rows.update, expires_at=later))
        assert wrong.startswith(f"order {order.pk}: it ends at a time that no rule gives it")


def test_a_line_of_an_order(shop):
    line = shop.waiting.lines.get()
    found = after(lambda: shop.waiting.lines.update(price_cents=1, net_cents=1, vat_cents=0))
    assert found[0] == f"order {shop.waiting.pk}: what it fixed was changed after it was placed"
    assert found[2].startswith(f"order {shop.waiting.pk}: line {line.position} is not priced as its edition was")


def test_the_database_refuses_to_change_what_an_order_fixed(shop):
    rows = Order.objects.filter(pk=shop.waiting.pk)
    for change in (
        lambda: rows.update(price_cents=1, net_cents=1, vat_cents=0),
        lambda: rows._raw_delete(rows.db),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    shop.waiting.refresh_from_db()
    shop.waiting.state = "cancelled"
    shop.waiting.save()


def test_who_ordered(shop):
    buyers = OrderBuyer.objects.filter(order=shop.waiting)
    where = f"order {shop.waiting.pk}: its buyer"
    assert after(lambda: buyers.update(name="Somebody else")) == [f"{where} was changed after it was placed"]
    nobody = dict.fromkeys(("name", "email", "street", "postcode", "city", "siren", "vat_number", "salt"), "")
    (early,) = after(lambda: buyers.update(**nobody))
    assert early == f"{where} was emptied before the time"
    assert after(buyers.delete) == [f"{where} is missing"]


def test_a_settlement_and_its_lot(shop):
    where = f"order {shop.first.pk}: "
    found = after(lambda: Order.objects.filter(pk=shop.first.pk).update(state="waiting"))
    assert found == [f"{where}it is waiting, and its settlement says otherwise"]
    later = moment("2027-03-20 12:00")
    found = after(lambda: Settlement.objects.filter(order=shop.first).update(activates_at=later))
    assert f"{where}it was settled, or starts, at a time that no rule gives it (found 2027-03-20" in "\n".join(found)
    lot = Activation.objects.get(line__order=shop.last).lot
    found = after(lambda: Activation.objects.filter(line__order=shop.first).update(lot=lot_of_another(shop)))
    assert any(one.startswith(f"{where}its pack is not what was sold (lot ") for one in found)
    found = after(lambda: Lot.objects.filter(pk=lot.pk).update(price_cents=1))
    assert any(one.startswith(f"order {shop.last.pk}: its pack is not what was sold") for one in found)


def lot_of_another(shop: Shop) -> Lot:
    lot = Lot.objects.get(pk=Activation.objects.get(line__order=shop.last).lot_id)
    lot.pk, lot.number, lot.price_cents = None, 77, 1
    lot.save(force_insert=True)
    return lot


def test_a_stored_pdf(shop):
    invoice = Settlement.objects.get(order=shop.first).invoice
    documents = Document.objects.filter(invoice=invoice, language="fr")
    files = DocumentFile.objects.filter(document__in=documents)
    content = b"%PDF-1.7 one cent"
    changed = f"invoice {invoice.number}: its PDF (fr) was changed after it was made"
    assert after(lambda: files.update(pdf=content)) == [changed]
    unknown = f"invoice {invoice.number}: the books know another PDF, or none"

    def change_both() -> None:
        files.update(pdf=content)
        documents.update(sha256=hashlib.sha256(content).hexdigest(), byte_count=len(content))

    assert after(change_both) == [unknown]
    assert after(files.delete) == [f"invoice {invoice.number}: its PDF (fr) is missing"]

    def delete_both() -> None:
        files.delete()
        documents.delete()

    assert unknown in after(delete_both)


def test_what_an_invoice_fixed(shop):
    invoice = Settlement.objects.get(order=shop.first).invoice
    where = f"invoice {invoice.number}: "
    found = after(lambda: invoice.lines.update(net_cents=1, vat_cents=0, gross_cents=1))
    assert f"{where}what it fixes was changed after it was issued" in found
    digest = hashlib.sha256(b"another").hexdigest()
    found = after(lambda: Invoice.objects.filter(pk=invoice.pk).update(digest=digest))
    assert f"{where}the books say something else" in found


def test_a_sale_lowered_and_the_chain_made_anew_without_the_key(shop):
    """Everything agrees: order, invoice, payment, books, head, audit. The key is missing."""
    line = Line.objects.filter(kind="sale").earliest("sequence")

    def lower() -> None:
        Payment.objects.filter(pk=payment_of(shop.first).pk).update(amount_cents=1_200)
        for one in Line.objects.filter(customer_id=shop.martins.pk, sequence__lte=line.sequence):
            one.net_cents, one.vat_cents, one.gross_cents = (
                (1_000, 200, 1_200) if one.kind == "sale" else (1_200, 0, 1_200)
            )
            one.save()
        chained_anew()

    assert "books, line 1: the line was changed after it was written" in after(lower)


def cut_off_last_sale(shop: Shop) -> None:
    """The second sale with all that knows of it: lines, invoice, counter, payment, lot, order, audit, heads."""
    order = shop.last
    settlement = Settlement.objects.get(order=order)
    invoice, payment, lot = settlement.invoice, payment_of(order), Activation.objects.get(line__order=order).lot
    first_line = Line.objects.filter(payment_id=payment.pk).earliest("sequence").sequence
    Line.objects.filter(sequence__gte=first_line).delete()
    Activation.objects.filter(line__order=order).delete()
    settlement.delete()
    DocumentFile.objects.filter(document__invoice=invoice).delete()
    invoice.documents.all().delete()
    invoice.lines.all().delete()
    InvoiceBuyer.objects.filter(invoice=invoice).delete()
    invoice.delete()
    before = Invoice.objects.latest("pk")
    Series.objects.update(
        last_year=before.year, last_sequence=before.sequence, last_on=before.issued_on, last_at=before.at
    )
    PaymentDetails.objects.filter(payment=payment).delete()
    payment.delete()
    moved = Movement.objects.filter(sequence__gte=Movement.objects.get(lot=lot, kind="opened").sequence)
    for extended in moved.filter(kind="last_day").exclude(lot=lot):
        Lot.objects.filter(pk=extended.lot_id).update(last_day=extended.last_day_before)
    moved.delete()
    lot.delete()
    end = Movement.objects.latest("pk")
    CustomerLedger.objects.filter(pk=shop.martins.pk).update(
        head=end.hash, movement_count=end.sequence, last_at=end.at, lot_count=1
    )
    OrderBuyer.objects.filter(order=order).delete()
    order.lines.all().delete()
    Order.objects.filter(pk=order.pk).delete()
    Entry.objects.filter(at__gte=order.placed_at).delete()
    VerificationRun.objects.all().delete()
    last = Line.objects.latest("sequence")
    Head.objects.update(hash=last.hash, line_count=last.sequence, last_at=last.at)


def test_the_last_sale_cut_off_with_its_invoice_and_counter(shop):
    append_only.remove()
    OrderBuyer.objects.filter(order=shop.waiting).delete()
    shop.waiting.lines.all().delete()
    Order.objects.filter(pk=shop.waiting.pk).delete()
    found = after(lambda: cut_off_last_sale(shop))
    append_only.install()
    assert f"books, line {Line.objects.count()}: {CUT}" in found
    assert f"customer {shop.martins.pk}, line {Movement.objects.count()}: {CUT}" in found
    # Nothing but the file outside the database knows of it.
    assert [one for one in found if "the file of the ends knows" not in one] == []
    assert any(one.startswith("invoices_invoice: it has 1 rows, and the file of the ends knows 2") for one in found)


def test_an_older_copy_of_the_database_put_back(shop, claire):
    """It is as it was: everything in it agrees. Then somebody sells on, and there is another chain from there."""
    known = settings.HEADS_FILE.read_bytes()
    with transaction.atomic():
        order = place(claire, shop.edition, "2027-03-03 12:00")
        pay(order, at="2027-03-03 12:00")
        tasks.verify.call()
        count = Line.objects.count()
        transaction.set_rollback(True)  # the older copy
    assert f"books, line {count}: {CUT}" in every_fault()
    assert "file of the ends: it has" not in "\n".join(every_fault())
    tasks.verify.call()
    assert VerificationRun.objects.latest("pk").fault_count > 0
    for cents in (1_000, 1_000):
        pay(shop.waiting, cents, at="2027-03-04 12:00", is_another=True)
    assert any("the file of the ends knows another line here" in one for one in every_fault())
    # It was meant: a backup was restored after the disk had failed.
    actions.accept_heads(reason="disk failure", by=TEST, at=moment("2027-03-05 12:00"))
    assert every_fault() == []
    assert settings.HEADS_FILE.read_bytes().startswith(known)
    assert b"disk failure" in settings.HEADS_FILE.read_bytes()
    with pytest.raises(ValueError, match="reason"):
        actions.accept_heads(reason=" ", by=TEST, at=moment("2027-03-05 12:00"))


def test_the_file_outside(shop):
    path = settings.HEADS_FILE
    tasks.verify.call()
    whole = path.read_bytes()
    first, second = whole.splitlines(keepends=True)
    for content, found in (
        (b"", "file of the ends: it has 0 lines, and the database knows 2: it was cut off or is missing"),
        (first, "file of the ends: it has 1 lines, and the database knows 2: it was cut off or is missing"),
        (second, "file of the ends, line 1: it does not follow from the line before it"),
        (first + second.replace(b'"number":2', b'"number":3'), "file of the ends, line 2: it does not follow"),
        (
            first.replace(b'"rows":{', b'"rows":{"a":1,'),
            "file of the ends, line 1: it was changed after it was written",
        ),
        (b"{}\n" + second, "file of the ends, line 1: it can't be read"),
        (b"\xff\n", "file of the ends, line 1: it can't be read"),
    ):
        path.write_bytes(content)
        assert [one for one in every_fault() if one.startswith(found)], content
    path.write_bytes(first)
    path.write_bytes(b"{}\n")
    with pytest.raises(ValueError, match="line 1: unreadable"):
        actions.accept_heads(reason="x", by=TEST, at=moment("2027-03-05 12:00"))
    path.write_bytes(whole)
    assert every_fault() == []


def test_another_line_in_the_file_than_the_database_knows(shop):
    """The file was put back as it was, and written on: sealed, and not what the database was told."""
    append_only.remove()
    entry = Entry.objects.filter(code="heads.written").latest("pk")
    entry.details |= {"seal": "0" * 64}
    entry.save()
    append_only.install()
    assert every_fault() == ["file of the ends, line 1: the database knows another line here"]


def test_a_key_that_is_lost(shop, settings):
    settings.BOOKS_KEYS = {2: "another"}
    found = every_fault()
    assert "books, line 1: the key of version 1 is missing" in found
    assert f"order {shop.first.pk}: the key of version 1 is missing" in found
    assert "file of the ends, line 1: its key is missing" in found


def test_nothing_is_taken_over_into_the_file_while_a_chain_is_broken(shop):
    before = settings.HEADS_FILE.read_bytes()
    append_only.remove()
    Line.objects.filter(sequence=1).update(label="another")
    append_only.install()
    tasks.verify.call()
    assert settings.HEADS_FILE.read_bytes() == before


def test_terms_that_orders_brought_home(shop):
    document = TermsDocument.objects.create(
        key="x", terms=shop.first.terms, language="en", pdf=b"%PDF", sha256="0" * 64, made_at=moment("2027-03-01 12:00")
    )
    assert every_fault("terms") == [f"terms {document.pk}: its PDF was changed after it was made"]


@pytest.fixture
def online(shop: Shop) -> Payment:
    """The pack that was only ordered, paid at PayPal, a part of it sent back."""
    payment = pay_online(shop.waiting, at="2027-03-03 12:00")
    send_back(payment, refund_told(cents=10_000, fee_cents=340, at=moment("2027-03-04 12:00")), at="2027-03-04 12:00")
    assert every_fault() == []
    return payment


@pytest.mark.parametrize(
    ("row", "change", "wrong"),
    [
        (OnlineReceipt, {"capture_id": "another"}, "its PayPal receipt and the attempt to pay it differ (field key, "),
        (Checkout, {"state": "lapsed"}, "its PayPal receipt and the attempt to pay it differ (field state, "),
        (Checkout, {"capture_id": "another"}, "its PayPal receipt and the attempt to pay it differ (field capture, "),
        (Checkout, {"amount_cents": 1}, "its PayPal receipt and the attempt to pay it differ (field amount, "),
        (Checkout, {"cause_id": 0}, "its PayPal receipt and the attempt to pay it differ (field cause, "),
        (OnlineFee, {"fee_cents": 1}, "its PayPal fee and net amount do not add up to it"),
        (OnlineFee, {"fee_cents": 1, "net_cents": 23_999}, "its PayPal fee or a refund of it is not in the books "),
        (OnlineFee, {"fee_cents": 1, "net_cents": 23_999}, "line 11 of the books holds a fee or refund that is"),
        (OnlineFee, {"fee_cents": 0, "net_cents": 24_000}, "line 11 of the books holds a fee or refund that is"),
        (OnlineRefund, {"amount_cents": 24_001, "net_cents": 23_661}, "more was refunded than was paid"),
        (OnlineRefund, {"amount_cents": 9_999}, "the refund 1JU08902781691411 does not add up"),
        (OnlineRefund, {"kind": "reversal"}, "its PayPal fee or a refund of it is not in the books (kind refund, "),
        (OnlineRefund, {"external_id": "another"}, "its PayPal fee or a refund of it is not in the books (kind fee"),
        (OnlineRefund, {"fee_cents": 0, "net_cents": 10_000}, "line 13 of the books holds a fee or refund that is"),
        (OnlineRefund, {"refunded_on": datetime.date(2027, 3, 5)}, "line 12 of the books holds a fee or refund that"),
    ],
    ids=str,
)
def test_what_a_payment_service_said(online, row, change, wrong):
    found = after(partial(row.objects.update, **change))
    assert [one for one in found if one.startswith(f"payment {online.pk}: {wrong}")] != []


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (OnlineReceipt, "it came by PayPal, but nothing says which PayPal payment it was (means paypal)"),
        (OnlineFee, "line 11 of the books holds a fee or refund that is missing or different here"),
        (OnlineRefund, "line 12 of the books holds a fee or refund that is missing or different here"),
    ],
    ids=str,
)
def test_a_receipt_a_fee_or_a_refund_is_gone(online, row, wrong):
    assert f"payment {online.pk}: {wrong}" in after(row.objects.all().delete)


def test_an_attempt_to_pay_is_paid_by_a_payment(online):
    found = after(OnlineReceipt.objects.all().delete)
    assert f"attempt to pay by PayPal {Checkout.objects.get().pk}: it is marked as paid, but led to no payment" in found


def test_a_payment_of_a_service_is_never_undone(online):
    def undo() -> None:
        UndonePayment.objects.create(payment=online, at=moment("2027-03-05 12:00"), **TEST.columns)

    wrong = "it came by PayPal, but was undone as recorded by mistake"
    assert f"payment {online.pk}: {wrong}" in after(undo)


def test_a_transfer_has_no_receipt_of_a_service(online, shop):
    transfer = payment_of(shop.first)

    def claim() -> None:
        OnlineReceipt.objects.update(payment=transfer)

    wrong = "it did not come by PayPal, but has a PayPal receipt (means transfer)"
    assert f"payment {transfer.pk}: {wrong}" in after(claim)


def test_a_fee_in_the_books_that_nobody_told(online, shop):
    def write() -> None:
        moved = MoneyMoved("fee", datetime.date(2027, 3, 1), -5, "transfer", "capture", payment_of(shop.first).pk)
        line = entry(moved, customer_id=shop.martins.pk, cause=shop.first.cause)
        books.write_lines(entries=[line], by=TEST, at=moment("2027-03-05 12:00"))

    wrong = "line 14 of the books holds a fee or refund that is missing or different here"
    assert f"payment {payment_of(shop.first).pk}: {wrong}" in after(write)


def test_payments_of_a_service_are_read_in_portions(online, shop, claire, monkeypatch):
    order = place(claire, shop.edition, "2027-03-05 12:00")
    second = pay_online(order, capture_told("another"), at="2027-03-05 12:00")
    monkeypatch.setattr(replay, "PORTION", 1)
    found = after(partial(OnlineFee.objects.update, net_cents=1))
    wrong = "its PayPal fee and net amount do not add up to it"
    assert found == [f"payment {one.pk}: {wrong}" for one in (online, second)]
