"""What people learn of the work on a ticket, and what becomes of the ticket by it: parts of actions that ask `work`."""

import datetime

from carnet.audit.actors import WORKER, Actor
from carnet.tickets import mails
from carnet.tickets.actions import audit_trail, whose_turn
from carnet.tickets.models import Ticket
from carnet.work.actions.time_passing import Followed
from carnet.work.models import RunningWork, WorkSession
from carnet.work.queries.cases import Case


def react(ticket: Ticket, case: Case, *, followed: Followed, at: datetime.datetime) -> None:
    """What happened to the case by itself is told and noted; the case is stored by now."""
    for clock in followed.silenced:
        case.entries.append(audit_trail.entry("work.idle", ticket, by=WORKER, at=at, agent=clock.agent_id))
    if followed.is_resumed:
        if whose_turn.take_up(ticket):
            ticket.save()
        case.entries.append(audit_trail.entry("ticket.covered", ticket, by=WORKER, at=at, means=ticket.cover.means))
        mails.covered(ticket, at=at)
    if followed.ended:
        paid_seconds = followed.ended.paid_seconds
        case.entries.append(
            audit_trail.entry("work.paid_time_ended", ticket, by=WORKER, at=at, paid_seconds=paid_seconds)
        )
        mails.clock_stopped(ticket, stopped_at=followed.ended.at, at=at)


def note_stopped(
    ticket: Ticket, case: Case, *, clock: RunningWork, sessions: list[WorkSession], by: Actor, at: datetime.datetime
) -> None:
    """A clock has become these sessions, which have their numbers by now."""
    seconds, numbers = sum(session.duration_seconds for session in sessions), [session.pk for session in sessions]
    details = {"agent": clock.agent_id, "sessions": numbers, "seconds": seconds}
    case.entries.append(audit_trail.entry("work.stopped", ticket, by=by, at=at, **details))
