import datetime

from carnet.audit.actors import WORKER
from carnet.jobs.declare import Daily, Every, task
from carnet.kernel import clock
from carnet.payments.actions import comparing, online_fees


@task
def ask_for_fees() -> None:
    """Ask again for what the service has not told yet of captures: what it kept."""
    online_fees.ask_for_fees(by=WORKER, at=clock.now())


@task
def compare_account() -> None:
    """Compare the last days with the account's own list; a failed attempt is tried again."""
    comparing.compare_account(by=WORKER, at=clock.now())


SCHEDULE = [Every(ask_for_fees, seconds=3600), Daily(compare_account, at=datetime.time(4, 30))]
