import datetime
from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.jobs import actions as jobs
from carnet.kernel import keys, sql
from carnet.kernel.refused import Refused
from carnet.limits import actions as limits
from carnet.mail import mails, queries, rules
from carnet.mail.models import MailAttachment, OutgoingMail
from carnet.mail.rules import Attached, Letter


class AddressNotUsable(Refused):
    """No e-mail can be sent to what was given as an address."""

    code = "mail.address_not_usable"
    field = "email"


class MailNotFailed(Refused):
    """Only a mail that was given up can be sent again."""

    code = "mail.not_failed"


class TooManyMails(Refused):
    """So many mails were asked for, to this address or by this visitor, that no more leave for now."""

    code = "mail.too_many"
    field = "email"


def queue_mail(letter: Letter, *, key: str, at: datetime.datetime, is_held: bool = False) -> OutgoingMail:
    """Write an e-mail into the outbox, in the caller's transaction; a worker sends it. One key: one mail, the first.

    `is_held`: it waits for the documents that `release_mail` brings. Refuses AddressNotUsable.
    """
    if letter.language not in dict(settings.LANGUAGES):
        raise ValueError(f"no language of the site: {letter.language}")
    if any(not rules.is_one_line(f"{name}{value}") for name, value in letter.headers.items()):
        raise ValueError(f"a header has one line: {letter.headers}")
    try:
        validate_email(letter.to)
        if len(letter.to) > 254 or not rules.is_one_line(letter.to):
            raise ValidationError("")
    except ValidationError:
        raise AddressNotUsable from None
    composed = mails.compose(letter.kind, language=letter.language, context=letter.context)
    mail = OutgoingMail(
        key=key,
        kind=letter.kind,
        to=letter.to,
        language=letter.language,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        headers=_headers(letter),
        state=OutgoingMail.State.HELD if is_held else OutgoingMail.State.WAITING,
        queued_at=at,
        give_up_at=at + rules.GIVE_UP_AFTER,
        has_secret=letter.has_secret,
    )
    with transaction.atomic(savepoint=False):
        (is_new,) = sql.carry_out(sql.new_unless_known(mail, "key"))
        if not is_new:
            return OutgoingMail.objects.get(key=key)
        _attach(mail, letter.attachments)
        if not is_held:
            _enqueue(mail, at=at)
    return mail


@transaction.atomic
def release_mail(key: str, *, attachments: Sequence[Attached], at: datetime.datetime) -> OutgoingMail:
    """Give a mail that was held its documents, and let a worker send it. One that is not held is left alone."""
    # Two at once: the second waits here, and finds that it is not held any more.
    mail = OutgoingMail.objects.select_for_update().get(key=key)
    if mail.state == OutgoingMail.State.HELD:
        _attach(mail, attachments)
        mail.state, mail.give_up_at = OutgoingMail.State.WAITING, at + rules.GIVE_UP_AFTER
        mail.save(update_fields=["state", "give_up_at"])
        _enqueue(mail, at=at)
    return mail


def count_asked(*, to: str, visitor: str, at: datetime.datetime) -> None:
    """Count a mail that somebody causes by typing an address; called before it is queued, in the same transaction.

    `visitor` is the network address of who typed it, or names a signed-in person; empty where nobody did (the demo's
    history). Refuses TooManyMails: per address, per visitor and for all together, in an hour and in a day.
    """
    for limit, whom in queries.limits_of_asked(to=to, visitor=visitor):
        if not limits.spend(limit, whom, at=at):
            raise TooManyMails


def deliver_mail(mail_id: int, *, at: datetime.datetime) -> OutgoingMail:
    """Send a waiting mail, or keep it where nothing leaves (demo). Any other is left alone: it may be called again.

    A refusal for good, or one for the moment after two days of trying, makes it failed. Before that a refusal for the
    moment raises DeliveryError, and the job that delivers it tries again later.
    """
    mail = OutgoingMail.objects.get(pk=mail_id)
    if mail.state != OutgoingMail.State.WAITING:
        return mail
    try:
        if settings.MAIL_LEAVES:
            mails.send(mail)
    except mails.DeliveryError as error:
        mail.error = str(error)
        gives_up = error.permanent or at >= mail.give_up_at
        if gives_up:
            mail.state = OutgoingMail.State.FAILED
        mail.save(update_fields=["state", "error"])
        if not gives_up:
            raise
        return mail
    mail.state = OutgoingMail.State.SENT if settings.MAIL_LEAVES else OutgoingMail.State.KEPT
    mail.sent_at, mail.error = at, ""
    if mail.has_secret and settings.MAIL_LEAVES:
        mail.subject = mail.text = mail.html = ""
    mail.save(update_fields=["state", "sent_at", "error", "subject", "text", "html"])
    return mail


def retry_mail(mail_id: int, *, by: Actor, at: datetime.datetime) -> OutgoingMail:
    """Try a failed mail again, for another two days. Refuses MailNotFailed."""
    with transaction.atomic():
        mail = OutgoingMail.objects.select_for_update().get(pk=mail_id)
        if mail.state != OutgoingMail.State.FAILED:
            raise MailNotFailed(state=mail.state)
        mail.state, mail.give_up_at = OutgoingMail.State.WAITING, at + rules.GIVE_UP_AFTER
        mail.save(update_fields=["state", "give_up_at"])
        audit.record("mail.retried", by=by, at=at, subject=("mail", mail.pk))
        _enqueue(mail, at=at)
    return mail


def nudge_mails(*, at: datetime.datetime) -> int:
    """Enqueue the delivery of mails that have waited for ten minutes: a job may have been lost. Returns how many."""
    waiting = OutgoingMail.objects.filter(state=OutgoingMail.State.WAITING, queued_at__lte=at - rules.NUDGE_AFTER)
    longest = list(waiting.order_by("queued_at")[:500])
    for mail in longest:
        _enqueue(mail, at=at)
    return len(longest)


def _attach(mail: OutgoingMail, attachments: Sequence[Attached]) -> None:
    for one in attachments:
        MailAttachment.objects.create(mail=mail, name=one.name, content_type=one.content_type, content=one.content)


def _enqueue(mail: OutgoingMail, *, at: datetime.datetime) -> None:
    jobs.enqueue("carnet.mail.tasks.deliver", key=f"mail:{mail.pk}", at=at, mail_id=mail.pk)


def _headers(letter: Letter) -> dict[str, str]:
    headers = {
        # Kept with the row: sent again after a crash, the mail is recognised as the same.
        "Message-ID": f"<{keys.new_key()}@{mails.domain()}>",
        "Content-Language": letter.language,
    }
    if letter.is_automatic:
        headers["Auto-Submitted"] = "auto-generated"
    if letter.thread is not None:
        headers["References"] = headers["In-Reply-To"] = rules.thread_id(letter.thread, mails.domain())
    return {**headers, **letter.headers}
