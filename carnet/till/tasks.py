from carnet.audit.actors import WORKER
from carnet.jobs.declare import Every, task
from carnet.kernel import clock
from carnet.till import queries
from carnet.till.actions import fulfilling


@task
def activate_orders() -> None:
    """Activate what was paid and may be active now (L1)."""
    now = clock.now()
    for order in queries.activations_due(now):
        fulfilling.activate_order(order=order, by=WORKER, at=now)


SCHEDULE = [Every(activate_orders, seconds=300)]
