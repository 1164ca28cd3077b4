"""What was bought is given: each kind of offer has its way (L1, L2)."""

import datetime
from typing import Protocol

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.catalogue.models import Offer
from carnet.kernel.gathering import gathered
from carnet.ledger.actions import lots as ledger
from carnet.ledger.models import Lot
from carnet.orders.actions import waiting
from carnet.orders.models import Activation, Order, OrderLine
from carnet.orders.queries import sales
from carnet.till.queries import due
from carnet.work.actions import covers
from carnet.work.models import Cover


class Way(Protocol):
    """Gives what a line of an order bought, and writes down its activation."""

    def __call__(self, order: Order, line: OrderLine, *, by: Actor, at: datetime.datetime) -> Activation: ...


def open_lot_of(order: Order, line: OrderLine, *, by: Actor, at: datetime.datetime) -> Activation:
    """A pack: its units are a new lot; older lots are revived and extended (L5, L6)."""
    edition = line.edition
    assert edition.validity_months, f"edition {edition.pk} of a pack has no validity"
    pack = ledger.Pack(
        unit=sales.UNITS[edition.offer.kind], quantity=line.unit_count, validity_months=edition.validity_months,
        price_cents=line.price_cents, token_minutes=edition.token_minutes, shared=edition.shared, person=line.person,
        edition_id=edition.pk,
    )  # fmt: skip
    lot = ledger.open_lot(
        customer=order.customer, content=pack, cause=order.cause, by=by, at=at, key=f"order:{order.pk}:{line.position}"
    )
    return Activation.objects.create(line=line, lot=lot, at=at)


WAYS: dict[str, Way] = {Offer.Kind.TOKENS: open_lot_of, Offer.Kind.HOURS: open_lot_of}


@transaction.atomic
@gathered()
def activate_order(*, order: Order, by: Actor, at: datetime.datetime) -> list[Lot]:
    """L1, L2, L5, L6: make the lots of a settled order; older lots are revived and extended, and what waits for cover
    goes on. The same again gives the first lots; what went back (O11) or was cancelled (O7) brings none. The caller
    knows that it may be active now (`due.activations_due`).
    """
    order = waiting.locked(order)
    known = [activation.lot for activation in order.activations]
    if known or due.is_taken_back(order):
        return known
    return fulfil(order, by=by, at=at)


def fulfil(order: Order, *, by: Actor, at: datetime.datetime) -> list[Lot]:
    """Give everything that the locked order bought, then cover what waits."""
    lots = []
    for line in order.lines.all():
        lot = WAYS[line.edition.offer.kind](order, line, by=by, at=at).lot
        audit.record(
            "order.activated", by=by, at=at, subject=("order", order.pk), customer_id=order.customer_id, lot=lot.pk
        )
        lots.append(lot)
    # Mostly nothing waits, and asking is less than having it covered.
    if Cover.objects.waiting().filter(customer=order.customer).exists():
        covers.cover_waiting(customer=order.customer, by=by, at=at)
    return lots
