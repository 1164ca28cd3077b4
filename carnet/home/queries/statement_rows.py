"""What stands behind the lines of the statement: tickets and worked time, as far as the reader may know them (P2)."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from carnet.home.queries.statement import StatementLine
from carnet.ledger.models import Lot, LotNote, Movement
from carnet.people.models import Person
from carnet.tickets.models import Ticket, WorkSession


@dataclass(frozen=True, slots=True)
class TicketNamed:
    """A ticket as the reader may know it (P2): the subject only if they may read it."""

    number: int
    asked_by: str
    subject: str
    merged_into: int | None = None  # T10: the ticket on whose cover it goes on


@dataclass(frozen=True, slots=True)
class Worked:
    """A work session behind spent units; its reason only if the reader may read the ticket (P2)."""

    started_at: datetime.datetime
    seconds: int
    agent: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A line with the ticket behind it, if the reader may know more of it than its number, its worked time, and the
    reason of given units (L8).
    """

    line: StatementLine
    ticket: TicketNamed | None = None
    sessions: list[Worked] = field(default_factory=list)
    note: str = ""


def rows_of(lines: Iterable[StatementLine], *, reader: Person) -> list[StatementRow]:
    """The lines with their tickets and worked time as `reader` may know them (P2), in five queries for any number.

    Behind spent units stand all sessions that the ticket, and what was merged into it (T10), had until then.
    """
    lines = list(lines)
    causes = {number for one in lines if (number := _ticket_of(one))}
    spent = {number for one in lines if one.kind == Movement.Kind.SPENT and (number := _ticket_of(one))}
    merged = dict(Ticket.objects.filter(merged_into__in=spent).values_list("pk", "merged_into_id")) if spent else {}
    known = _known(causes, merged, reader)
    sessions = _sessions(known, spent)
    given = {one.lot.pk for one in lines if one.kind == Movement.Kind.OPENED and one.lot.origin == Lot.Origin.GOODWILL}
    notes = dict(LotNote.objects.filter(lot__in=given).values_list("lot", "text")) if given else {}
    rows = []
    for line in lines:
        number = _ticket_of(line)
        behind = sessions[number] if line.kind == Movement.Kind.SPENT else []
        ticket = known.get(number) if number else None
        note = notes.get(line.lot.pk, "") if line.kind == Movement.Kind.OPENED else ""
        rows.append(StatementRow(line, ticket, [one for one in behind if one.started_at < line.at], note))
    return rows


def _ticket_of(line: StatementLine) -> int:
    """The ticket that moved the units; 0 if another cause did."""
    movement = line.movement
    return movement.cause_id if movement and movement.cause_kind == "ticket" else 0


def _known(numbers: set[int], merged: dict[int, int], reader: Person) -> dict[int, TicketNamed]:
    """Of these tickets, and of those `merged` into them, what the reader may know (P2)."""
    wanted = numbers | merged.keys()
    if not wanted:
        return {}
    # Two questions to the database: asked as one, they take longer to put together than both to answer.
    readable = set(Ticket.objects.visible_to(reader).filter(pk__in=wanted).values_list("pk", flat=True))
    listed = Ticket.objects.listed_for(reader).filter(pk__in=wanted)
    return {
        pk: TicketNamed(pk, name or email, subject if pk in readable else "", merged.get(pk))
        for pk, subject, name, email in listed.values_list("pk", "subject", "asked_by__name", "asked_by__email")
    }


def _sessions(known: dict[int, TicketNamed], spent: set[int]) -> dict[int, list[Worked]]:
    """The sessions, as they stand, of the tickets that spent units, by them; reasons only where the reader may read
    the ticket (P2).
    """
    tickets = [number for number, one in known.items() if number in spent or one.merged_into in spent]
    found: dict[int, list[Worked]] = defaultdict(list)
    if not tickets:
        return found
    rows = WorkSession.objects.standing().filter(ticket__in=tickets).order_by("started_at", "id")
    values = ("ticket_id", "started_at", "ended_at", "kind", "agent__name", "agent__email", "reason__text")
    for number, started_at, ended_at, kind, name, email, reason in rows.values_list(*values):
        ticket = known[number]
        seconds = int((ended_at - started_at).total_seconds())
        worked = Worked(started_at, seconds, name or email, kind, reason or "" if ticket.subject else "")
        for payer in {number, ticket.merged_into} & spent:
            found[payer].append(worked)
    return found
