import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.kernel import clock
from carnet.work.models import RunningWork

WORKED_THROUGH_SECONDS = 1800


@transaction.atomic
def put_clock_forward(*, seconds: int, key: str, by: Actor, at: datetime.datetime) -> int:
    """Put the demo's clock forward and return the seconds by which it is ahead now; the same key again does nothing.

    Only in demo and tests, elsewhere `ValueError`; and never back, since the journal only grows. Over half an hour or
    less, agents whose clocks run work on as if they had been there all the time; over more, they are gone (T17).
    """
    if Entry.objects.filter(code="clock.put_forward", details__key=key).exists():
        return clock.ahead_seconds()
    audit.record("clock.put_forward", by=by, at=at, seconds=seconds, key=key)
    ahead = clock.put_forward(seconds)
    if seconds <= WORKED_THROUGH_SECONDS:
        now = at + datetime.timedelta(seconds=seconds)
        RunningWork.objects.filter(stopped_at=None, last_sign_at__lt=now).update(last_sign_at=now)
    return ahead
