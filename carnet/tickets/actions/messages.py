"""What is written in a ticket: by the customer's side, by the team, and what an agent has typed so far."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.files import actions as files
from carnet.kernel import once
from carnet.kernel.refused import Refused
from carnet.people.models import Person
from carnet.tickets import mails
from carnet.tickets.actions import audit_trail, whose_turn, work
from carnet.tickets.actions.whose_turn import TicketClosed
from carnet.tickets.models import Attachment, Draft, Message, Ticket
from carnet.work.queries.cases import Case


class MessageEmpty(Refused):
    """A message has a text or a file."""

    code = "tickets.message_empty"
    field = "text"


@transaction.atomic
def write_message(
    *, ticket: Ticket, text: str, uploads: Iterable[UploadedFile] = (), key: str, by: Actor, at: datetime.datetime
) -> Message:
    """Add what the customer's side writes; the same key again is the first message.

    What waited for the customer waits for us again from this message on (M7); what waited for us anyway keeps its
    place. Refuses `MessageEmpty` without text and files, `KeyReused`, and `TicketClosed`: then «not solved» or a new
    ticket is the way.
    """
    uploads = list(uploads)
    if was_sent("write_message", ticket, text=text, uploads=uploads, key=key, by=by, at=at):
        return Message.objects.get(key=key)
    ticket = Ticket.objects.select_for_update().get(pk=ticket.pk)
    _refuse_unless_open(ticket)
    message = add_message(ticket=ticket, kind=Message.Kind.QUESTION, text=text, uploads=uploads, key=key, by=by, at=at)
    if ticket.state != Ticket.State.OPEN:
        whose_turn.turn_to_us(ticket, at=at)
        ticket.save()
    audit_trail.record("ticket.message_written", ticket, by=by, at=at, message=message.pk)
    return message


@dataclass(frozen=True, slots=True)
class Answer:
    """What the team says to who asked, and what becomes of the ticket by it.

    `should_solve`: it should solve the matter, and closes by itself if nobody objects (T13). `asks`: it needs the
    customer's word to go on (T16). Neither: more will follow, and the time until then is reckoned anew from here.
    """

    text: str
    uploads: Sequence[UploadedFile] = ()
    should_solve: bool = False
    asks: bool = False

    def __post_init__(self) -> None:
        if self.should_solve and self.asks:
            raise ValueError("an answer either should solve the matter or asks back")


@transaction.atomic
def answer_ticket(
    *,
    ticket: Ticket,
    answer: Answer,
    reason: str = "",
    key: str,
    by: Actor,
    at: datetime.datetime,
) -> Message:
    """Send the team's public answer to who asked; the same key again is the first answer.

    No time runs once it should be solved, so the agent's clock on it stops with its `reason`, and those of others stand
    (T13). The first answer is kept for the figures (M1); who answers a ticket that nobody has takes it. Refuses
    `MessageEmpty`, `KeyReused`, `TicketClosed`, and `work.ReasonMissing` if the agent's clock is there and nothing says
    what for.
    """
    if was_sent(
        "answer_ticket", ticket, text=answer.text, uploads=answer.uploads, key=key, by=by, at=at,
        should_solve=answer.should_solve, asks=answer.asks,
    ):  # fmt: skip
        return Message.objects.get(key=key)
    drafts = Draft.objects.filter(ticket=OuterRef("pk"), agent_id=by.id)
    ticket = Ticket.objects.annotate(has_draft=Exists(drafts)).locked(ticket.pk)
    _refuse_unless_open(ticket)
    case = Case(ticket.cover, agent_id=by.id)
    if answer.should_solve:
        work.stop_all(ticket, case, reason=reason, by=by, at=at)
    message = add_message(
        ticket=ticket,
        kind=Message.Kind.ANSWER,
        text=answer.text,
        uploads=answer.uploads,
        key=key,
        by=by,
        at=at,
        should_solve=answer.should_solve,
    )
    if answer.should_solve:
        whose_turn.turn_to_customer(ticket, state=Ticket.State.ANSWERED, at=at)
    elif answer.asks:
        whose_turn.turn_to_customer(ticket, state=Ticket.State.ASKED_BACK, at=at)
    else:
        whose_turn.turn_to_us(ticket, at=at)
    ticket.first_answer_at = ticket.first_answer_at or at
    whose_turn.take_if_free(ticket, by=by)
    ticket.save()
    if ticket.has_draft:  # type: ignore[attr-defined]
        Draft.objects.filter(ticket=ticket, agent_id=by.id).delete()
    said = {"message": message.pk, "should_solve": answer.should_solve, "asks": answer.asks}
    audit.record_all([*case.entries, audit_trail.entry("ticket.answered", ticket, by=by, at=at, **said)])
    mails.answered(ticket, message, at=at)
    return message


@transaction.atomic
def write_note(
    *, ticket: Ticket, text: str, uploads: Iterable[UploadedFile] = (), key: str, by: Actor, at: datetime.datetime
) -> Message:
    """Add an internal note, which only the team ever sees; also to a closed ticket. The same key again is the first
    note. Refuses `MessageEmpty` and `KeyReused`.
    """
    uploads = list(uploads)
    if was_sent("write_note", ticket, text=text, uploads=uploads, key=key, by=by, at=at):
        return Message.objects.get(key=key)
    ticket = Ticket.objects.select_for_update().get(pk=ticket.pk)
    note = add_message(ticket=ticket, kind=Message.Kind.NOTE, text=text, uploads=uploads, key=key, by=by, at=at)
    Draft.objects.filter(ticket=ticket, agent_id=by.id).delete()
    audit_trail.record("ticket.note_written", ticket, by=by, at=at, message=note.pk)
    return note


@transaction.atomic
def save_draft(*, ticket: Ticket, agent: Person, text: str, at: datetime.datetime) -> Draft | None:
    """Keep what the agent has typed and not sent, one draft per agent and ticket; nothing typed keeps none.

    Not audited: it comes every few seconds and has no consequence.
    """
    if not text.strip():
        Draft.objects.filter(ticket=ticket, agent=agent).delete()
        return None
    draft, _ = Draft.objects.update_or_create(ticket=ticket, agent=agent, defaults={"text": text, "at": at})
    return draft


def add_message(
    *,
    ticket: Ticket,
    kind: Message.Kind,
    text: str,
    uploads: Iterable[UploadedFile],
    key: str,
    by: Actor,
    at: datetime.datetime,
    should_solve: bool = False,
) -> Message:
    """The message with its files, stored as part of the caller's action. Refuses `MessageEmpty`."""
    uploads = list(uploads)
    if not text.strip() and not uploads:
        raise MessageEmpty
    message = Message.objects.create(
        ticket=ticket, author_id=by.id, kind=kind, text=text, should_solve=should_solve, at=at, key=key
    )
    Attachment.objects.bulk_create(
        Attachment(message=message, file=files.store_file(upload=upload, at=at)) for upload in uploads
    )
    return message


def was_sent(
    verb: str,
    ticket: Ticket,
    *,
    text: str,
    uploads: Sequence[UploadedFile],
    key: str,
    by: Actor,
    at: datetime.datetime,
    **more: Any,
) -> bool:
    """Whether this form has sent this already. Refuses `KeyReused` if it sent something else, or somebody else did."""
    return once.was_done(verb, key=key, at=at, ticket=ticket, by=by.id, text=text, files=files.digests(uploads), **more)


def _refuse_unless_open(ticket: Ticket) -> None:
    if ticket.is_closed:
        raise TicketClosed(number=ticket.pk)
