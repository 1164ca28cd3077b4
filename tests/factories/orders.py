"""Orders, and money for them, in one line each."""

import datetime
from typing import Any

from carnet.catalogue.models import Edition
from carnet.invoices import rules as invoices
from carnet.kernel import keys
from carnet.ledger.models import Lot
from carnet.orders import rules
from carnet.orders.actions import placing as ordering
from carnet.orders.models import Activation, Order
from carnet.orders.queries import amounts
from carnet.payments.models import Payment
from carnet.payments.rules.received import Received
from carnet.people.models import Person
from carnet.provider import actions as provider
from carnet.provider.models import TextVersion
from carnet.schedule import queries as schedule
from carnet.till.actions import placing, recording
from carnet.till.queries import invoicing
from tests.factories.catalogue import TEST
from tests.factories.ledger import moment
from tests.factories.people import BEGAN

AT = "2027-02-26 12:00"  # a Friday
IBAN = "FR7630006000011234567890189"


def open_shop(*, without_text: str = "", **changed: Any) -> None:
    """A provider that can be paid and says what the law wants said, and its terms."""
    company = {
        "trade_name": "Aide", "legal_name": "Aide SARL", "legal_form": "SARL", "street": "12 rue du Pont",
        "postcode": "67000", "city": "Strasbourg", "siren": "123456782", "vat_number": "FR11123456782",
        "capital_cents": 500_000, "registry": "RCS Strasbourg", "account_holder": "AIDE SARL", "iban": IBAN,
        "bic": "AGRIFRPP", "phone": "+33 1 99 00 12 34", "email": "aide@example.org",
        "publication_director": "Odile Bernard", "host_name": "Aide SARL", "host_address": "12 rue du Pont",
        "host_phone": "+33 1 99 00 12 34", "mediator_name": "Médiation", "mediator_address": "1 place du Modèle, Paris",
    }  # fmt: skip
    provider.change_company(fields=company | changed, by=TEST, at=BEGAN)
    texts = {"fr": "Les conditions.", "en": "The terms.", "es": "Las condiciones."}
    for kind in {"privacy", "withdrawal", "terms"} - {without_text}:
        provider.publish_text(kind=kind, texts=texts, by=TEST, at=BEGAN)


def buyer(name: str = "Claire Martin", **changed: Any) -> rules.Buyer:
    given = {"email": "claire@example.org", "street": "1 rue Haute", "postcode": "67000", "city": "Strasbourg"}
    given["siren"] = "552100554"
    return rules.Buyer(name=name, **(given | changed))


PURCHASE = ("means", "terms", "express_request", "language")
MONEY = ("means", "amount_cents", "received_on", "payer", "bank", "document_number", "note", "is_another", "is_old")


def place(
    orderer: Person, edition: Edition, at: str | datetime.datetime = AT, *more: ordering.Item, **changed: Any
) -> Order:
    """What this person orders for the customer that they belong to."""
    customer = orderer.memberships.get().customer
    person = changed.pop("person", None if edition.shared else orderer)
    purchase = {
        "means": "transfer", "express_request": True,
        "terms": TextVersion.objects.filter(kind="terms").latest("version"), "language": "en",
    }  # fmt: skip
    purchase |= {name: changed.pop(name) for name in PURCHASE if name in changed}
    given = {
        "customer": customer, "purchase": ordering.Purchase(items=(ordering.Item(edition, person), *more), **purchase),
        "buyer": buyer(), "placed_by": orderer, "ip": "192.0.2.1", "by": orderer.as_actor(),
        "at": moment(at) if isinstance(at, str) else at, "key": keys.new_key(),
    }  # fmt: skip
    return placing.place_order(**(given | changed))


def pay(order: Order, cents: int | None = None, at: str | datetime.datetime = AT, **changed: Any) -> Payment:
    """Money for the order, all of it if nothing else is said."""
    at = moment(at) if isinstance(at, str) else at
    money = {
        "means": order.means, "amount_cents": order.price_cents if cents is None else cents,
        "received_on": schedule.today(at),
    }  # fmt: skip
    money |= {name: changed.pop(name) for name in MONEY if name in changed}
    given = {"order": order, "money": Received(**money), "by": TEST, "at": at, "key": keys.new_key()}
    return recording.record_payment(**(given | changed))


def lot_of(order: Order) -> Lot:
    """The one lot that it brought."""
    return Lot.objects.get(pk=Activation.objects.get(line__order=order).lot_id)


def paid_for(order: Order) -> tuple[invoices.Paid, ...]:
    """What its invoice would say of what pays for it."""
    return invoicing.paid_for(order, amounts.payments_left(order))
