import datetime

from carnet.jobs.declare import Daily, each, task
from carnet.kernel import calendar, clock
from carnet.ledger import queries
from carnet.ledger.actions import notices
from carnet.provider import queries as provider


@task
def tell_of_ending() -> None:
    """Tell 30 and 7 days before that units end (L4, L8, F2)."""
    now = clock.now()
    endings = queries.endings_to_tell(calendar.date_on(now, provider.time_zone()))
    each(endings, lambda ending: notices.tell_of_ending(ending=ending, at=now))


@task
def tell_of_low_units() -> None:
    """Tell once that the last ticket or the last half hour is reached."""
    now = clock.now()
    for portion in queries.low_units(calendar.date_on(now, provider.time_zone())):
        notices.end_low_notices(notices=portion.over)
        each(portion.to_tell, lambda low: notices.tell_of_low_units(low=low, at=now))


SCHEDULE = [
    Daily(tell_of_ending, at=datetime.time(9, 0)),
    Daily(tell_of_low_units, at=datetime.time(9, 5)),
]
