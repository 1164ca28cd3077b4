import datetime

from carnet.audit.actors import WORKER
from carnet.jobs.declare import Daily, Every, each, task
from carnet.kernel import clock
from carnet.orders.queries import bounces, taxes
from carnet.payments import queries as payments
from carnet.till.actions import bouncing, checkouts, disputing, fulfilling, notices, refunding, repaying, vat_checks
from carnet.till.queries import disputed, due, refunds


@task
def activate_orders() -> None:
    """Activate what was paid and may be active now (L1)."""
    now = clock.now()
    each(due.activations_due(now), lambda order: fulfilling.activate_order(order=order, by=WORKER, at=now))


@task
def use_notice(number: int) -> None:
    """Ask the payment service about what a proven notice names (O6)."""
    notices.use_notice(number=number, by=WORKER, at=clock.now())


@task
def look_at_checkouts() -> None:
    """O6: ask the payment service what became of payments whose fate is not known; nothing depends on its notices."""
    checkouts.look_at_due(by=WORKER, at=clock.now())


@task
def follow_disputes() -> None:
    """Cancel what a ticket has released after the dispute was lost (O7)."""
    now = clock.now()
    each(disputed.disputes_to_follow(now), lambda one: disputing.follow_dispute(dispute=one, by=WORKER, at=now))


@task
def look_at_repayments() -> None:
    """Have the payment service send back what is to go back through it, and ask what became of it (O9)."""
    repaying.look_at_due(by=WORKER, at=clock.now())


@task
def check_vat_numbers() -> None:
    """O1: ask VIES again about VAT numbers that it could not answer when their order was placed."""
    now = clock.now()
    each(
        taxes.orders_to_ask_about(now), lambda order: vat_checks.check_order_again(order=order, by=WORKER, at=now)
    )  # fmt: skip


@task
def cancel_unpaid_bounces() -> None:
    """Cancel what bounced cheques had paid for, once the time to pay it again is over (O7)."""
    now = clock.now()
    each(bounces.bounces_over(now), lambda one: bouncing.cancel_unpaid(dispute=one, by=WORKER, at=now))


@task
def follow_refunds() -> None:
    """Refund what a ticket has released after all of its order went back (O9)."""
    now = clock.now()
    each(refunds.refunds_to_follow(), lambda refund: refunding.refund_released(refund=refund, by=WORKER, at=now))


@task
def look_at_disputes() -> None:
    """Ask for disputes of the last days and for those that are open, as a notice may never come (O7)."""
    _look_at_disputes(LATELY)


@task
def look_at_all_disputes() -> None:
    """Ask for every dispute that the service still tells of."""
    _look_at_disputes(AS_LONG_AS_TOLD)


def _look_at_disputes(span: datetime.timedelta) -> None:
    now = clock.now()
    if payments.online_access() is not None:
        disputing.look_at_disputes(since=now - span, by=WORKER, at=now)


LATELY = datetime.timedelta(days=3)
AS_LONG_AS_TOLD = datetime.timedelta(days=179)
SCHEDULE = [
    Every(activate_orders, seconds=300),
    Every(look_at_checkouts, seconds=60),
    Every(follow_disputes, seconds=60),
    Every(cancel_unpaid_bounces, seconds=300),
    Every(follow_refunds, seconds=60),
    Every(look_at_repayments, seconds=60),
    Every(check_vat_numbers, seconds=600),
    Every(look_at_disputes, seconds=3600),
    Daily(look_at_all_disputes, at=datetime.time(3, 40)),
]
