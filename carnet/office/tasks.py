import datetime

from carnet.audit.actors import WORKER
from carnet.jobs.declare import Daily, task
from carnet.kernel import clock
from carnet.office import actions


@task
def purge() -> None:
    """What may be kept no longer; before the cleaning of files, which takes those that belong to nothing now."""
    actions.purge(by=WORKER, at=clock.now())


SCHEDULE = [Daily(purge, at=datetime.time(4, 0))]
