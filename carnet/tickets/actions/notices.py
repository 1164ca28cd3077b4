"""What a consumer declares to us: that they withdraw from a contract, or end it."""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel import once
from carnet.kernel import text as text_of
from carnet.kernel.refused import Refused
from carnet.mail import actions as mail
from carnet.people.models import Person
from carnet.tickets import mails
from carnet.tickets.models import ContactMessage
from carnet.tickets.rules import Sender

HOUR = datetime.timedelta(hours=1)
NOTICES_AN_HOUR = 10


class TooManyNotices(Refused):
    """So many receipts were sent to this address within an hour that somebody else may be behind it."""

    code = "tickets.too_many_notices"


@transaction.atomic
def receive_notice(
    *,
    kind: str,
    sender: Sender,
    contract: str,
    text: str,
    visitor: str = "",
    key: str,
    by: Actor,
    at: datetime.datetime,
) -> ContactMessage:
    """Keep a withdrawal (CC L221-21) or an ending (CC L215-1-1), and confirm it at once by e-mail with its content,
    date and time; the same key again is the first one.

    It is never held back as spam: what can't be taken is refused in words. `contract` says what it is about, `visitor`
    where it comes from. Unless somebody signed in has it sent to their own address, receipts are limited like all mails
    to addresses that anyone can type, and nothing in them is a link. Refuses `TooManyNotices`, `TooManyMails` and
    `KeyReused`.
    """
    if kind not in (ContactMessage.Kind.WITHDRAWAL, ContactMessage.Kind.ENDING):
        raise ValueError(f"no notice: {kind}")
    email = text_of.address(sender.email)
    typed = {"kind": kind, "name": sender.name, "email": email, "subject": contract, "text": text}
    if once.was_done("receive_notice", key=key, at=at, **typed):
        return ContactMessage.objects.get(key=key)
    lately = ContactMessage.objects.filter(email=email, at__gt=at - HOUR).exclude(kind=ContactMessage.Kind.MESSAGE)
    if lately.count() >= NOTICES_AN_HOUR:
        raise TooManyNotices
    is_theirs = by.id is not None and Person.objects.filter(pk=by.id, email=email).exists()
    if not is_theirs:
        mail.count_asked(to=email, visitor=visitor if by.id is None else f"person {by.id}", at=at)
    notice = ContactMessage.objects.create(key=key, language=sender.language, at=at, **typed)
    audit.record(f"{kind}.received", by=by, at=at, subject=("contact_message", notice.pk))
    mails.notice_received(notice, is_theirs=is_theirs, at=at)
    return notice
