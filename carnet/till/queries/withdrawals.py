"""Who may withdraw from which order, and what that does (O11)."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from carnet.kernel import references
from carnet.orders.models import Order
from carnet.orders.queries import amounts, sales
from carnet.people.models import Membership, Person
from carnet.schedule import queries as schedule
from carnet.till import rules
from carnet.till.models import Withdrawal
from carnet.till.queries import refunds


def may_withdraw(person: Person, order: Order) -> bool:
    """Whether this person may withdraw for the order's customer: a holder or a buyer."""
    roles = (Membership.Role.HOLDER, Membership.Role.BUYER)
    return Membership.objects.active().filter(customer=order.customer_id, person=person, role__in=roles).exists()


def order_to_withdraw_from(contract: str, *, email: str, person: Person | None) -> Order | None:
    """O11: the order that somebody names by its reference, if it is theirs: they are signed in and may order for its
    customer, or the address is that of somebody who may, or the one that its buyer gave, who still may (P3). None:
    nothing of it may be told.
    """
    reference = references.find(contract)
    beside = ("customer", "buyer", "placed_by", "settlement__invoice")
    order = Order.objects.select_related(*beside).with_lines().filter(reference=reference).first()
    if reference is None or order is None:
        return None
    if person is not None and may_withdraw(person, order):
        return order
    roles = (Membership.Role.HOLDER, Membership.Role.BUYER)
    among = Membership.objects.active().filter(customer=order.customer_id, person__email=email, role__in=roles)
    is_buyer = order.buyer.email == email and may_withdraw(order.placed_by, order)
    return order if is_buyer or among.exists() else None


def order_of(withdrawal: Withdrawal) -> Order:
    """Its order, with all that a preview asks of it."""
    return Order.objects.select_related("customer", "buyer", "settlement__invoice").with_lines().get(
        pk=withdrawal.order_id
    )  # fmt: skip


def withdrawal_carried_out(order: Order) -> Withdrawal | None:
    """The withdrawal from this order that was carried out."""
    return Withdrawal.objects.select_related("details").filter(order=order, carried_out_at__isnull=False).first()


def withdrawal_standing(order: Order, at: datetime.datetime) -> rules.WithdrawalStanding:
    """O11: whether the order's consumer may withdraw at this moment."""
    return rules.withdrawal_standing(
        last_day=sales.withdrawal_until(order), declared_on=schedule.today(at),
        is_there=order.is_open or order.is_settled, is_withdrawn=withdrawal_carried_out(order) is not None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class WithdrawalPreview:
    """What a withdrawal would do now. `refund` is of an order that is paid; of another one `ways` tell how money that
    was paid so far comes back.
    """

    order: Order
    standing: rules.WithdrawalStanding
    last_day: datetime.date | None
    refund: refunds.RefundPreview | None = None
    ways: tuple[refunds.WayBack, ...] = ()

    @property
    def cents(self) -> int:
        return sum(one.cents for one in self.ways)

    @property
    def is_disputed(self) -> bool:
        return self.refund is not None and self.refund.plan.is_disputed

    @property
    def reserved(self) -> int:
        return self.refund.reserved if self.refund else 0

    @property
    def is_all_used(self) -> bool:
        """L221-28: all of it was provided, so there is nothing to pay back."""
        return self.refund is not None and not self.refund.plan.lines and not self.is_disputed

    @property
    def needs_account(self) -> bool:
        """Whether something can be sent by transfer."""
        return any(one.means in ("transfer", "cheque") for one in self.ways)


def preview_withdrawal(order: Order, *, at: datetime.datetime) -> WithdrawalPreview:
    """O11: what `declare_withdrawal` would do at this moment; nothing is written."""
    standing, last_day = withdrawal_standing(order, at), sales.withdrawal_until(order)
    if standing != "open":
        return WithdrawalPreview(order, standing, last_day)
    if order.is_settled:
        refund = refunds.preview_refund(order, at=at)
        return WithdrawalPreview(order, standing, last_day, refund, refund.ways)
    ways = [refunds.WayBack(payment.means, cents, payment) for payment, cents in reversed(amounts.payments_left(order))]
    if order.credit_used_cents:
        ways.append(refunds.WayBack("credit", order.credit_used_cents))
    return WithdrawalPreview(order, standing, last_day, ways=tuple(ways))


def withdrawals_found(*, only_waiting: bool = False) -> QuerySet[Withdrawal]:
    """Withdrawals for the desk: those that wait to be confirmed first, then the last first."""
    found = Withdrawal.objects.select_related("order__customer", "details", "carried_out_by")
    found = found.order_by(F("carried_out_at").desc(nulls_first=True), "-pk")
    done = Exists(Withdrawal.objects.filter(order=OuterRef("order"), carried_out_at__isnull=False))
    return found.filter(~done) if only_waiting else found
