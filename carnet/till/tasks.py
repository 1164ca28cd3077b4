from carnet.audit.actors import WORKER
from carnet.jobs.declare import Every, task
from carnet.kernel import clock
from carnet.till import queries
from carnet.till.actions import checkouts, fulfilling


@task
def activate_orders() -> None:
    """Activate what was paid and may be active now (L1)."""
    now = clock.now()
    for order in queries.activations_due(now):
        fulfilling.activate_order(order=order, by=WORKER, at=now)


@task
def look_at_checkouts() -> None:
    """O6: ask the payment service what became of payments whose fate is not known; nothing depends on its notices."""
    checkouts.look_at_due(by=WORKER, at=clock.now())


SCHEDULE = [Every(activate_orders, seconds=300), Every(look_at_checkouts, seconds=60)]
