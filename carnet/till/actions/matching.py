"""What money does to its order (O3–O5, O7)."""

import datetime

from carnet.audit.actors import Actor
from carnet.orders.actions import waiting
from carnet.orders.models import Order, Revival
from carnet.orders.queries import amounts, bounces, sales
from carnet.payments.actions import credit
from carnet.payments.models import Payment
from carnet.schedule import queries as schedule
from carnet.till import mails, rules
from carnet.till.actions import paying_again, settling


def take_in(order: Order, payment: Payment, *, by: Actor, at: datetime.datetime) -> None:
    """O3, O4, O5, O7: what this payment does to its order, which is locked, as soon as it counts (L1): it settles it,
    waits for the rest, pays what a bounced cheque did not pay, becomes credit, or asks what to do with it. Its customer
    is told.
    """
    left = amounts.payments_left(order)
    if payment not in [one for one, _cents in left]:
        return  # a cheque that counts once it is cleared
    asked = bounces.to_pay_again(order) if order.is_settled else []
    if asked:
        paying_again.take_in_again(order, payment, asked=asked, by=by, at=at)
        return
    found = rules.receipt(
        price_cents=order.price_cents, paid_cents=order.credit_used_cents + sum(cents for _one, cents in left),
        amount_cents=payment.amount_cents, tolerance_cents=order.tolerance_cents, is_settled=order.is_settled,
        is_cancelled=order.state == Order.State.CANCELLED, may_settle=_may_settle(order, at),
        is_lost=order.is_settled and bounces.came_to_nothing(order),
    )  # fmt: skip
    if found.credit_cents:
        credit.add_credit(
            customer=order.customer, amount_cents=found.credit_cents, reason=found.credit_reason, cause=order.cause,
            by=by, at=at, key=f"payment:{payment.pk}:credit", payment=payment,
        )  # fmt: skip
    if order.state == Order.State.EXPIRED and found.outcome in ("settles", "waits"):
        _revive(order, at)
    match found.outcome:
        case "settles":
            paid = [(one, cents - found.credit_cents if one == payment else cents) for one, cents in left]
            settling.settle(order, paid, by=by, at=at)
        case "credits":
            mails.money_not_needed(order, payment, is_late=found.credit_reason == "too_late", at=at)
        case "waits":
            waiting.wait_on(order, state=Order.State.WAITING, days=order.order_days, at=at)
            mails.rest_missing(order, found.missing_cents, at=at)
        case _:  # it asks
            waiting.wait_on(order, state=Order.State.CHOOSING, days=rules.CHOICE_DAYS, at=at)
            mails.choice_asked(order, at=at)


def _revive(order: Order, at: datetime.datetime) -> None:
    """O3, O11: it counts as ordered today."""
    today, buyer = schedule.today(at), order.buyer
    last_day = None
    if order.withdrawal_last_day is not None:
        last_day = sales.last_day_to_withdraw(today, country=buyer.country, postcode=buyer.postcode)
    Revival.objects.create(order=order, revived_on=today, withdrawal_last_day=last_day, at=at)


def _may_settle(order: Order, at: datetime.datetime) -> bool:
    """O3: one that ended is revived as long as what was ordered is on sale."""
    if order.state == Order.State.EXPIRED:
        return sales.are_on_sale(order, at)
    return order.state == Order.State.WAITING
