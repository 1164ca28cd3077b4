import datetime

from carnet.jobs import actions
from carnet.jobs.declare import Every, task
from carnet.kernel import clock


@task
def prune() -> None:
    """Done jobs are kept for three days, failed ones for 90."""
    now = clock.now()
    actions.prune_jobs(done_before=now - datetime.timedelta(days=3), failed_before=now - datetime.timedelta(days=90))


SCHEDULE = [Every(prune, seconds=3600)]
