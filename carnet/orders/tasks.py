import datetime

from carnet.audit.actors import WORKER
from carnet.jobs.declare import Daily, Every, each, task
from carnet.kernel import clock
from carnet.orders.actions import confirming, waiting
from carnet.orders.queries import overdue


@task
def send_confirmation(order_id: int) -> None:
    """Send the confirmation of an order, with its terms."""
    confirming.send_confirmation(order_id, at=clock.now())


@task
def remind() -> None:
    """Remind of orders that still wait for money (O1)."""
    now = clock.now()
    each(overdue.orders_to_remind(now), lambda order: waiting.remind_of_order(order=order, by=WORKER, at=now))


@task
def follow_time() -> None:
    """End orders whose time is over (O1, O3, O4)."""
    now = clock.now()
    each(overdue.orders_over(now), lambda order: waiting.expire_order(order=order, by=WORKER, at=now))


SCHEDULE = [Daily(remind, at=datetime.time(9, 10)), Every(follow_time, seconds=300)]
