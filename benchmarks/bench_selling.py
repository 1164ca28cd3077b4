"""How quickly orders are placed and settled with their invoice, and an invoice is set as PDF with its XML."""

import datetime
import statistics
import time
from functools import cache

from django.conf import settings

from benchmarks.measure import RUNS, Site, benchmark
from carnet.audit.actors import system
from carnet.catalogue import actions as catalogue
from carnet.catalogue.models import Edition
from carnet.catalogue.rules import Contents
from carnet.invoices.models import Invoice
from carnet.invoices.shown import documents as invoices
from carnet.kernel import keys
from carnet.orders import rules
from carnet.orders.actions import placing as ordering
from carnet.orders.models import Activation, Order
from carnet.payments.models import Checkout
from carnet.payments.rules.received import Received
from carnet.people.actions import customers, persons
from carnet.people.models import Customer, Person
from carnet.provider import actions as provider
from carnet.provider import rules as provider_rules
from carnet.provider.models import TextVersion
from carnet.till.actions import checkouts, placing, recording, refunding
from carnet.till.models import Refund
from demo.paypal import orders as paypal
from demo.paypal.server import PaypalStandIn

BENCH = system("benchmark")
AT = datetime.datetime(2027, 1, 11, 12, 0, tzinfo=datetime.UTC)
ORDERS = 100


@cache
def shop() -> tuple[Customer, Person, Edition, TextVersion]:
    """A provider that can be paid, one pack, and who buys it."""
    needed = dict.fromkeys(provider_rules.NEEDED_OF_COMPANY, "bench")
    numbers = {"siren": "123456782", "vat_number": "FR11123456782", "iban": "FR7630006000011234567890189"}
    company = {**needed, **numbers, "email": "bench@example.org", "account_holder": "AIDE SARL"}
    provider.change_company(fields=company, by=BENCH, at=AT)
    texts = dict.fromkeys(("fr", "en", "es"), "tokens-20")
    published = {
        kind: provider.publish_text(kind=kind, texts=texts, by=BENCH, at=AT) for kind in provider_rules.NEEDED_TEXTS
    }
    terms = published["terms"]
    offer = catalogue.describe_offer(
        code="bench-20", kind="tokens", position=99, name=texts, summary=texts, includes=texts, by=BENCH, at=AT
    )
    edition = catalogue.publish_edition(
        offer=offer, contents=Contents(20, 12, shared=True), price_cents=24_000, vat_permille=200, by=BENCH, at=AT
    )
    person = persons.create_person(
        email="buyer@example.org", name="Buyer", language="en", by=BENCH, at=AT, verified=True
    )
    customer = customers.create_customer(kind="household", name="Buyers", language="en", person=person, by=BENCH, at=AT)
    return customer, person, edition, terms


def place() -> Order:
    customer, person, edition, terms = shop()
    purchase = ordering.Purchase(
        items=(ordering.Item(edition),), means="transfer", terms=terms, express_request=True, language="en"
    )
    return placing.place_order(
        customer=customer, purchase=purchase, buyer=rules.Buyer("Buyer", "buyer@example.org"), placed_by=person,
        ip=None, by=BENCH, at=AT, key=keys.new_key(),
    )  # fmt: skip


def settle(order: Order) -> None:
    money = Received("transfer", 24_000, AT.date())
    recording.record_payment(order=order, money=money, by=BENCH, at=AT, key=keys.new_key())


@benchmark("settling with invoice", at_least=60, unit="/s")
def settling_with_invoice(site: Site) -> float:
    rates = []
    for _ in range(RUNS):
        waiting = [place() for _ in range(ORDERS)]
        start = time.perf_counter()
        for order in waiting:
            settle(order)
        rates.append(ORDERS / (time.perf_counter() - start))
    return statistics.median(rates)


@benchmark("a refund with its credit note", at_least=20, unit="/s")
def refunding_with_credit_note(site: Site) -> float:
    """O9: half of a carnet goes back, by transfer: ledger, credit note, books, and the money's way."""
    rates = []
    for _ in range(RUNS):
        orders = [place() for _ in range(ORDERS)]
        for order in orders:
            settle(order)
        lots = dict(Activation.objects.filter(line__order__in=orders).values_list("line__order", "lot"))
        start = time.perf_counter()
        for order in orders:
            refunding.refund_order(
                order=order, units={lots[order.pk]: 10}, reason=Refund.Reason.OWNER, to=refunding.SentTo(),
                note="As agreed.", by=BENCH, at=AT, key=keys.new_key(),
            )  # fmt: skip
        rates.append(ORDERS / (time.perf_counter() - start))
    return statistics.median(rates)


@benchmark("paid at PayPal: asked, taken, settled", at_least=20, unit="/s")
def settling_what_paypal_took(site: Site) -> float:
    """From the payer's consent to invoice and carnet; a PayPal of our own in the same process is asked by HTTP."""
    stand_in = PaypalStandIn(now=lambda: AT, delivers=False)
    settings.PAYPAL_STAND_IN, settings.PAYPAL_CLIENT_ID = stand_in.url, "demo-bench"
    settings.PAYPAL_SECRET = stand_in.api.secret
    stand_in.start()
    rates = []
    try:
        for _ in range(RUNS):
            begun = [checkouts.begin_checkout(order=place(), by=BENCH, at=AT) for _ in range(ORDERS)]
            for checkout in begun:
                paypal.approve_order(stand_in.account, str(checkout.external_id), AT)
            start = time.perf_counter()
            for checkout in begun:
                checkouts.look_at_checkout(checkout=checkout, by=BENCH, at=AT)
            rates.append(ORDERS / (time.perf_counter() - start))
    finally:
        stand_in.stop()
        settings.PAYPAL_CLIENT_ID = settings.PAYPAL_SECRET = ""
    if Checkout.objects.exclude(state=Checkout.State.PAID).exists():
        raise RuntimeError("not all of them are paid")
    return statistics.median(rates)


@benchmark("invoice as PDF with XML", at_most=50, unit="ms")
def invoice_as_pdf(site: Site) -> float:
    settle(place())
    invoice = Invoice.objects.select_related("buyer").latest("pk")
    invoices.set_in(invoice, "en")
    times = []
    for _ in range(20):
        start = time.perf_counter()
        invoices.set_in(invoice, "en")
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)
