import datetime

from carnet.files import actions
from carnet.jobs.declare import Daily, task
from carnet.kernel import clock


@task
def purge() -> None:
    actions.purge_orphans(at=clock.now())


SCHEDULE = [Daily(purge, at=datetime.time(4, 10))]
