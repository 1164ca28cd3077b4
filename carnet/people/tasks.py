import datetime

from django.contrib.sessions.models import Session

from carnet.jobs.declare import Daily, task
from carnet.kernel import clock


@task
def clear_sessions() -> None:
    """Sessions that nobody can use any more."""
    Session.objects.filter(expire_date__lt=clock.now()).delete()


SCHEDULE = [Daily(clear_sessions, at=datetime.time(4, 30))]
