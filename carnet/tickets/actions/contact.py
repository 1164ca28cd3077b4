import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel import once
from carnet.kernel import text as text_of
from carnet.kernel.refused import Refused
from carnet.limits import actions as limits
from carnet.mail import actions as mail
from carnet.tickets import mails, rules
from carnet.tickets.models import ContactMessage

HOUR = datetime.timedelta(hours=1)
MESSAGES_AN_HOUR = 5


class TooManyMessages(Refused):
    """One visitor has written more in a day than we can read."""

    code = "tickets.too_many_messages"


class PageUsedUp(Refused):
    """The form of one page was sent several times with other content; it needs to be shown anew."""

    code = "tickets.page_used_up"


@transaction.atomic
def write_contact_message(
    *,
    key: str,
    name: str,
    email: str,
    language: str,
    subject: str,
    text: str,
    suspect: bool,
    by: Actor,
    at: datetime.datetime,
    visitor: str = "",
    mark: str = "",
) -> ContactMessage:
    """Keep what anyone wrote to us and acknowledge it by mail; the same key again is the first message.

    `suspect`: the form saw signs of spam. Such a message, and what comes after five of one address or ten of one
    `visitor` in an hour, is kept apart and not acknowledged, so that nobody can make us write to strangers; nor is one
    when too many mails were asked for. `mark` is of the page that was sent. Refuses `KeyReused`, `PageUsedUp`,
    `TooManyMessages`.
    """
    email = text_of.address(email)
    typed = {"name": name, "email": email, "subject": subject, "text": text}
    if once.was_done("write_contact_message", key=key, at=at, **typed):
        return ContactMessage.objects.get(key=key)
    lately = ContactMessage.objects.filter(email=email, at__gt=at - HOUR).count()
    is_much = not _count(visitor, mark, at=at) or lately >= MESSAGES_AN_HOUR
    message = ContactMessage.objects.create(key=key, language=language, at=at, suspect=suspect or is_much, **typed)
    audit.record(
        "contact_message.written", by=by, at=at, subject=("contact_message", message.pk), suspect=message.suspect
    )
    if not message.suspect and _may_acknowledge(email, visitor, at=at):
        mails.contact_received(message, at=at)
    return message


def _count(visitor: str, mark: str, *, at: datetime.datetime) -> bool:
    """Whether this visitor has written a usual number of messages by now."""
    if mark and not limits.spend(rules.SENT_FROM_ONE_PAGE, mark, at=at):
        raise PageUsedUp
    if not visitor:
        return True
    if not limits.spend(rules.MESSAGES_A_DAY, visitor, at=at):
        raise TooManyMessages
    return limits.spend(rules.MESSAGES_AN_HOUR, visitor, at=at)


def _may_acknowledge(email: str, visitor: str, *, at: datetime.datetime) -> bool:
    try:
        mail.count_asked(to=email, visitor=visitor, at=at)
    except mail.TooManyMails:
        return False
    return True


@transaction.atomic
def mark_contact_message_read(*, message: ContactMessage, by: Actor, at: datetime.datetime) -> ContactMessage:
    """The team has read it. Once is enough: a second time changes nothing."""
    message = ContactMessage.objects.select_for_update().get(pk=message.pk)
    if message.read_at is None:
        message.read_at = at
        message.save(update_fields=["read_at"])
        audit.record("contact_message.read", by=by, at=at, subject=("contact_message", message.pk))
    return message


@transaction.atomic
def clear_contact_message(*, message: ContactMessage, by: Actor, at: datetime.datetime) -> ContactMessage:
    """What was held back as probable spam is none: it moves to the others and is acknowledged now."""
    message = ContactMessage.objects.select_for_update().get(pk=message.pk)
    if message.suspect:
        message.suspect = False
        message.save(update_fields=["suspect"])
        audit.record("contact_message.cleared", by=by, at=at, subject=("contact_message", message.pk))
        mails.contact_received(message, at=at)
    return message
