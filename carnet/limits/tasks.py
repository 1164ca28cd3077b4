import datetime

from carnet.jobs.declare import Daily, task
from carnet.kernel import clock
from carnet.limits import actions


@task
def purge() -> None:
    actions.purge_counts(at=clock.now())


SCHEDULE = [Daily(purge, at=datetime.time(4, 20))]
