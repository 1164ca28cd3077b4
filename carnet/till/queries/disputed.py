"""Disputes, and what they freeze (O7)."""

import datetime
from collections.abc import Iterable

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When

from carnet.ledger.models import Lot
from carnet.orders.models import Activation, Order, Settlement
from carnet.payments.models import Dispute
from carnet.people.models import Customer


def disputes_of_units(order: Order) -> QuerySet[Dispute]:
    """O7: the disputes, open or lost, that concern the units of this order, the earliest first."""
    return disputes_over_units().filter(payment__cause_id=order.pk).order_by("id")


def disputes_over_units() -> QuerySet[Dispute]:
    """O7: all disputes, open or lost, that concern units."""
    return Dispute.objects.filter(state__in=Dispute.LIVE, order_cents__gt=0, payment__cause_kind="order")


def disputes_of_lots(lots: Iterable[Lot]) -> dict[int, Dispute]:
    """O7: of these lots that are frozen or cancelled, the dispute over what paid for it, the open one first; no query
    if there are none.
    """
    concerned = [lot.pk for lot in lots if lot.frozen_at or lot.refunded]
    if not concerned:
        return {}
    found = Activation.objects.filter(lot__in=concerned).values_list("line__order", "lot")
    disputes = disputes_over_units().filter(payment__cause_id__in=[order_id for order_id, _lot in found])
    by_order = {one.payment.cause_id: one for one in disputes.select_related("payment").order_by("state")}
    return {lot_id: by_order[order_id] for order_id, lot_id in found if order_id in by_order}


def disputes_of_customer(customer: Customer) -> QuerySet[Dispute]:
    """Every dispute over money of this customer, as the desk's list has them, bounced cheques included."""
    return _found(Dispute.objects.filter(payment__customer=customer))


def disputes_to_follow(at: datetime.datetime) -> QuerySet[Dispute]:
    """Lost ones of which something is still to be cancelled: units that a ticket has released meanwhile, or of a pack
    that may be active only now and was lost in part (O7).
    """
    of_order = Activation.objects.filter(line__order=OuterRef("payment__cause_id"))
    settled = Settlement.objects.filter(order=OuterRef("payment__cause_id"))
    due = Q(Exists(settled.filter(activates_at__lte=at)), ~Exists(of_order), cancelled_cents=0)
    released = Exists(of_order.filter(lot__frozen__gt=0))
    found = disputes_over_units().filter(Q(released) | due, state=Dispute.State.LOST)
    return found.select_related("payment__customer").order_by("id")


def cancelled_of(order: OuterRef | int) -> QuerySet[Dispute]:
    """O7: the disputes, lost or won after all, because of which something of this order was cancelled."""
    return Dispute.objects.filter(payment__cause_kind="order", payment__cause_id=order, cancelled_cents__gt=0)


def disputes_found() -> QuerySet[Dispute]:
    """Disputes at the payment service for the desk: the open ones first, by the day until which an answer is wanted,
    then the last first.
    """
    return _found(Dispute.objects.filter(kind=Dispute.Kind.DISPUTE))


def _found(disputes: QuerySet[Dispute]) -> QuerySet[Dispute]:
    found = disputes.select_related("payment__customer", "payment__online_receipt")
    rank = Case(When(state=Dispute.State.OPEN, then=0), default=1)
    return found.annotate(rank=rank).order_by("rank", F("answer_by").asc(nulls_last=True), "-changed_at", "-id")
