"""The outbox as it is shown."""

from django.db.models import QuerySet

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
