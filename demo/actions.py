"""The demo's clock, and its provider's account at the stand-in of PayPal."""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.kernel import clock
from carnet.payments import queries as payments
from carnet.payments.actions import access
from carnet.work.models import RunningWork
from demo.paypal.api import SECRET

CLIENT_ID = "demo-carnet"
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


def connect_paypal(*, notices_to: str, by: Actor, at: datetime.datetime) -> None:
    """Give the demo's provider its access to the stand-in of PayPal, which has to run, and have its notices sent here.

    An access that stands at the desk stays. Refuses what the actions of `payments` refuse.
    """
    if not payments.access_kept().source:
        access.set_online_access(client_id=CLIENT_ID, secret=SECRET, environment="stand_in", by=by, at=at)
    if not payments.access_kept().account_id:
        access.test_online_access(by=by, at=at)
    access.set_up_notices(address=notices_to, by=by, at=at)
