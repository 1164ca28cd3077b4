"""What the payment service sends by itself is kept as it came, before anybody believes it (O6)."""

import datetime
import json

from django.db import connection, transaction

from carnet.kernel.transactions import joined
from carnet.payments.models import OnlineNotice
from carnet.payments.rules.notices import FORGED_BYTES, Sent
from carnet.payments.rules.online import NoticeFound

State = OnlineNotice.State
# In one statement, so that of many at once one makes the row and the others are counted.
KEEP = """
INSERT INTO payments_onlinenotice
    (body, headers, digest, received_at, last_at, count, state, event_id, event, about, external_id, outcome)
VALUES (%s, %s, %s, %s, %s, 1, 'received', '', '', '', '', '')
ON CONFLICT (digest) DO UPDATE SET count = payments_onlinenotice.count + 1, last_at = excluded.last_at
RETURNING id, state
"""


def keep_notice(*, sent: Sent, at: datetime.datetime) -> tuple[int, str]:
    """Store a notice as it came, and answer with its number and state; the same bytes again are counted with the first.
    It is committed when this returns.
    """
    moment = connection.ops.adapt_datetimefield_value(at)
    values = [sent.body, json.dumps(sent.headers), sent.digest, moment, moment]
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(KEEP, values)
        number, state = cursor.fetchone()
    return number, state


def forge_notice(*, number: int, sent: Sent) -> None:
    """The notice is not from the service: only its beginning is kept. One that was proven meanwhile stays."""
    known = OnlineNotice.objects.filter(pk=number, state=State.RECEIVED)
    known.update(state=State.FORGED, body=sent.body[:FORGED_BYTES])


@joined
def accept_notice(*, number: int, sent: Sent, found: NoticeFound | None, at: datetime.datetime) -> bool:
    """The service has sent this: keep it whole, with what it is about. False if that was known already: somebody else
    has seen to it. Without `found` it tells nothing that could be asked about.

    Bytes that somebody sent before with headers that prove nothing may still be the service's own.
    """
    told = {
        "state": State.PROVEN, "event_id": found.event_id[:80], "event": found.event[:80], "about": found.about,
        "external_id": found.external_id[:80],
    } if found else {"state": State.USELESS, "outcome": "not_understood", "done_at": at}  # fmt: skip
    unproven = OnlineNotice.objects.filter(pk=number, state__in=(State.RECEIVED, State.FORGED))
    return bool(unproven.update(body=sent.body, headers=sent.headers, **told)) and found is not None


@joined
def end_notice(*, number: int, state: OnlineNotice.State, outcome: str, at: datetime.datetime) -> None:
    """What came of a proven notice, as a code; one that stays proven is tried again."""
    OnlineNotice.objects.filter(pk=number).exclude(state__in=(State.RECEIVED, State.FORGED)).update(
        state=state, outcome=outcome[:60], done_at=None if state == State.PROVEN else at
    )
