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
    sender: rules.Sender,
    subject: str,
    text: str,
    suspect: bool,
    visit: rules.Visit = rules.NO_VISIT,
    key: str,
    by: Actor,
    at: datetime.datetime,
) -> ContactMessage:
    """Keep what anyone wrote to us and acknowledge it by mail; the same key again is the first message.

    `suspect`: the form saw signs of spam. Such a message, and what comes after five of one address or ten of one
    visitor in an hour, is kept apart and not acknowledged, so that nobody can make us write to strangers; nor is one
    when too many mails were asked for. Refuses `KeyReused`, `PageUsedUp`, `TooManyMessages`.
    """
    email = text_of.address(sender.email)
    typed = {"name": sender.name, "email": email, "subject": subject, "text": text}
    if once.was_done("write_contact_message", key=key, at=at, **typed):
        return ContactMessage.objects.get(key=key)
    lately = ContactMessage.objects.filter(email=email, at__gt=at - HOUR).count()
    is_much = not _count(visit, at=at) or lately >= MESSAGES_AN_HOUR
    message = ContactMessage.objects.create(
        key=key, language=sender.language, at=at, suspect=suspect or is_much, **typed
    )
    audit.record(
        "contact_message.written", by=by, at=at, subject=("contact_message", message.pk), suspect=message.suspect
    )
    if not message.suspect and _may_acknowledge(email, visit, at=at):
        mails.contact_received(message, at=at)
    return message


def _count(visit: rules.Visit, *, at: datetime.datetime) -> bool:
    """Whether this visitor has written a usual number of messages by now."""
    count_page(visit, at=at)
    if not visit.visitor:
        return True
    if not limits.spend(rules.MESSAGES_A_DAY, visit.visitor, at=at):
        raise TooManyMessages
    return limits.spend(rules.MESSAGES_AN_HOUR, visit.visitor, at=at)


def count_page(visit: rules.Visit, *, at: datetime.datetime) -> None:
    """Count what was sent from one page of a form that anyone may send. Refuses `PageUsedUp`."""
    if visit.mark and not limits.spend(rules.SENT_FROM_ONE_PAGE, visit.mark, at=at):
        raise PageUsedUp


def _may_acknowledge(email: str, visit: rules.Visit, *, at: datetime.datetime) -> bool:
    try:
        mail.count_asked(to=email, visitor=visit.visitor, at=at)
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
