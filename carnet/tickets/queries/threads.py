"""What stands on the page of a ticket, in order of time: messages, worked time, and what became of it."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery

from carnet.audit.models import Entry
from carnet.files.models import StoredFile
from carnet.people import queries as people
from carnet.people.models import Person
from carnet.tickets.models import Attachment, Closure, Draft, Message, Ticket
from carnet.work.models import WorkSession

# A draft that was touched within this time: somebody is writing.
WRITING = datetime.timedelta(minutes=10)
# What is told between the messages; the codes of the audit trail.
EVENTS = (
    "ticket.criticality_changed", "ticket.unsolved", "ticket.passed_on", "ticket.more_agreed", "ticket.reopened",
    "ticket.split", "ticket.split_off", "ticket.merged", "ticket.merged_into", "ticket.price_lowered",
    "work.paid_time_ended",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file as the pages list it."""

    id: Any
    name: str
    size: int
    is_image: bool
    is_protected: bool = False  # opens with a password only


class MessageRow(NamedTuple):
    """What a thread reads of a message. `author`: name or address; empty for Carnet itself."""

    kind: str
    text: str
    should_solve: bool
    at: datetime.datetime
    author: str


@dataclass(frozen=True, slots=True)
class ThreadItem:
    """One entry of a thread. `kind` says which of the others is there."""

    kind: str  # message, work, event, closure
    at: datetime.datetime
    message: MessageRow | None = None
    files: Sequence[FileShown] = ()
    session: WorkSession | None = None
    closure: Closure | None = None
    event: Entry | None = None


def thread_of(
    ticket: Ticket, sessions: list[WorkSession], entries: list[Entry], *, with_notes: bool
) -> list[ThreadItem]:
    """Everything that happened in the ticket, the earliest first; internal notes only for the team. Two queries at
    most.
    """
    items = _messages_of(ticket, with_notes=with_notes)
    items += [ThreadItem("work", one.started_at, session=one) for one in standing_of(sessions)]
    if any(one.code == "ticket.closed" for one in entries):
        items += [
            ThreadItem("closure", one.at, closure=one) for one in Closure.objects.filter(ticket=ticket).order_by("id")
        ]
    items += [ThreadItem("event", one.at, event=one) for one in entries if one.code in EVENTS]
    return sorted(items, key=lambda item: item.at)


def _messages_of(ticket: Ticket, *, with_notes: bool) -> list[ThreadItem]:
    """The messages with their files, with one query: a row for each file of a message."""
    messages = Message.objects.filter(ticket=ticket)
    if not with_notes:
        messages = messages.exclude(kind=Message.Kind.NOTE)
    file = ("id", "name", "content_type", "size_bytes")
    rows = messages.order_by("at", "id", "attachments__id").values_list(
        "id", "kind", "text", "should_solve", "at", "author__name", "author__email",
        *(f"attachments__file__{name}" for name in file),
    )  # fmt: skip
    items = []
    for _number, of_one in groupby(rows, key=itemgetter(0)):
        all_rows = list(of_one)
        _id, kind, text, should_solve, at, name, email, *_file = all_rows[0]
        files = [shown(StoredFile(**dict(zip(file, row[7:], strict=True)))) for row in all_rows if row[7]]
        items.append(ThreadItem("message", at, MessageRow(kind, text, should_solve, at, name or email or ""), files))
    return items


def sessions_of(ticket: Ticket) -> list[WorkSession]:
    """The worked stretches of a ticket in order of time, with agent, reason and what they correct; those that were
    replaced as well (`replaced_at`).
    """
    return list(
        WorkSession.objects.of(ticket.cover).select_related("agent", "reason", "replaces").order_by("started_at", "id")
    )


def standing_of(sessions: list[WorkSession]) -> list[WorkSession]:
    """Those of `sessions_of` that no correction has replaced."""
    return [one for one in sessions if getattr(one, "replaced_at", None) is None]


def shown(file: StoredFile) -> FileShown:
    """A stored file as pages name it."""
    return FileShown(file.pk, file.name, file.size_bytes, file.is_picture, file.is_protected)


def entries_of(ticket: Ticket) -> list[Entry]:
    """What the audit trail tells of the ticket, the earliest first. The number of the last changes with whatever is
    done.
    """
    entries = Entry.objects.filter(subject_kind="ticket", subject_id=ticket.pk)
    return list(entries.only("at", "code", "details").order_by("id"))


def last_entry_of(ticket: Ticket) -> int:
    """The number of the last entry, for a page that only asks whether anything was done."""
    entries = Entry.objects.filter(subject_kind="ticket", subject_id=ticket.pk)
    return entries.order_by("-id").values_list("id", flat=True).first() or 0


class Writer(NamedTuple):
    """An agent, and what they have typed for a ticket and not sent; `typed_at` is None if there is nothing."""

    pk: int
    name: str
    typed: str | None
    typed_at: datetime.datetime | None


def team_of(ticket: Ticket) -> list[Writer]:
    """The team by name, with their drafts for this ticket."""
    drafts = Draft.objects.filter(ticket=ticket, agent=OuterRef("pk"))
    rows = people.team().annotate(typed=Subquery(drafts.values("text")), typed_at=Subquery(drafts.values("at")))
    return [
        Writer(pk, name or email, typed, at)
        for pk, name, email, typed, at in rows.values_list("pk", "name", "email", "typed", "typed_at")
    ]


def writers(team: list[Writer], agent: Person, at: datetime.datetime) -> list[Writer]:
    """Other agents who have typed something within the last minutes."""
    return [one for one in team if one.typed_at and one.pk != agent.pk and at - one.typed_at < WRITING]


class OtherTicket(NamedTuple):
    """A ticket of the same customer, as the history beside a ticket names it."""

    number: int
    subject: str
    opened_at: datetime.datetime
    asked_by: str
    score: int | None  # its rating


def tickets_of(ticket: Ticket, *, most: int = 8) -> list[OtherTicket]:
    """The customer's other tickets, the newest first: the history beside this one."""
    others = Ticket.objects.filter(customer=ticket.customer_id).exclude(pk=ticket.pk).order_by("-opened_at", "-id")
    values = others.values_list("pk", "subject", "opened_at", "asked_by__name", "asked_by__email", "rating__score")
    return [
        OtherTicket(number, subject, at, name or email, score)
        for number, subject, at, name, email, score in values[:most]
    ]


def may_see_file(person: Person, file: StoredFile) -> bool:
    """Whether this person may open a file of a ticket: who may read the ticket; files of notes only the team."""
    attachment = Attachment.objects.filter(file=file).select_related("message").first()
    if attachment is None:
        return False
    if attachment.message.kind == Message.Kind.NOTE and not person.is_team:
        return False
    return Ticket.objects.visible_to(person).filter(pk=attachment.message.ticket_id).exists()
