"""The outbox as it is shown."""

import datetime
from collections.abc import Iterator

from django.db.models import QuerySet

from carnet.limits import queries as limits
from carnet.limits.rules import Limit
from carnet.mail import rules
from carnet.mail.models import OutgoingMail


def mails_listed(*, to: str = "", state: str = "") -> QuerySet[OutgoingMail]:
    """The outbox, newest first; of one recipient (part of the address), of one state."""
    found = OutgoingMail.objects.order_by("-queued_at", "-id")
    if to:
        found = found.filter(to__contains_folded=to)
    if state:
        found = found.filter(state=state)
    return found


def mails_failed() -> QuerySet[OutgoingMail]:
    """Mails that were given up, newest first."""
    return mails_listed(state=OutgoingMail.State.FAILED)


def limits_of_asked(*, to: str, visitor: str) -> Iterator[tuple[Limit, str]]:
    """Each limit of the mails that anyone can ask for, with whom it is for; see `actions.count_asked`."""
    if not visitor:
        return
    for limit in rules.TO_ONE_ADDRESS:
        yield limit, to.strip().lower()
    for limit in rules.BY_ONE_VISITOR:
        yield limit, visitor
    yield rules.BY_EVERYBODY, "everybody"


def may_be_asked(*, to: str, visitor: str, at: datetime.datetime) -> bool:
    """Whether one more mail may be asked for; for a form that says so before anything is done."""
    return all(limits.has_room(limit, whom, at=at) for limit, whom in limits_of_asked(to=to, visitor=visitor))
