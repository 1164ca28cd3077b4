"""The customer's list of tickets: what each row says, with the same number of queries for one and for many."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from carnet.kernel import calendar
from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.tickets import rules
from carnet.tickets.models import Closure, Ticket
from carnet.tickets.queries import waiting
from carnet.work.models import RunningWork, WorkSession
from carnet.work.rules import time_worked


@dataclass(frozen=True, slots=True)
class ListedTicket:
    """One ticket of a list: whether this reader may open its content, what was worked, what it cost, whether a clock
    runs.
    """

    ticket: Ticket
    may_read: bool
    worked_seconds: int
    closure: Closure | None
    is_worked_on: bool


def rows_for(reader: Person, tickets: Sequence[Ticket], *, at: datetime.datetime) -> list[ListedTicket]:
    """The rows of these tickets, which the reader may list; four queries."""
    ids = [ticket.pk for ticket in tickets]
    readable = set(Ticket.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
    covers = [ticket.cover_id for ticket in tickets]
    stretches: dict[int, list[time_worked.Stretch]] = defaultdict(list)
    for session in WorkSession.objects.standing().filter(cover__in=covers):
        stretches[session.cover_id].append(session.as_stretch())
    closures = {closure.ticket_id: closure for closure in Closure.objects.filter(ticket__in=ids).order_by("id")}
    running = set()
    for clock in RunningWork.objects.filter(cover__in=covers):
        stretches[clock.cover_id].append(clock.as_clock().until(at))
        if clock.stopped_at is None:
            running.add(clock.cover_id)
    return [
        ListedTicket(
            ticket,
            ticket.pk in readable,
            time_worked.worked_seconds(stretches[ticket.cover_id]),
            closures.get(ticket.pk),
            ticket.cover_id in running,
        )
        for ticket in tickets
    ]


def last_day_of_wait(ticket: Ticket) -> datetime.date | None:
    """The last day before the ticket closes by itself if nothing happens (T5, T13, T15, T16); None if it does not."""
    wait = waiting.wait_of(ticket)
    if wait is None:
        return None
    zone = provider.time_zone()
    closes_at = rules.closes_at(wait.why, wait.since, waiting.patience(), zone, reminded_at=wait.reminded_at)
    return calendar.date_on(closes_at - datetime.timedelta(seconds=1), zone)
