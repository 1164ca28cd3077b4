"""Worked time that was written down wrong, or not at all, on a ticket (L11, T14)."""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel import calendar
from carnet.kernel.refused import Refused
from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.tickets.actions import audit_trail, work
from carnet.tickets.models import Ticket
from carnet.work.actions import clocks, cover_endings, sessions
from carnet.work.actions.cases import store
from carnet.work.models import NOT_CHARGED, WorkSession
from carnet.work.queries.cases import Case
from carnet.work.rules import time_worked


class BeforeTicket(Refused):
    """Work on a ticket may begin with the call that led to it, but not on a day before."""

    code = "tickets.before_ticket"
    field = "started_at"


@transaction.atomic
def correct_session(
    *, session: WorkSession, seconds: int, kind: str, why: str, by: Actor, at: datetime.datetime
) -> WorkSession:
    """T14: replace a session by one that is shorter, or of another kind (`work.sessions.correct`).

    Before closing the count goes on with what stands, at once if the ticket waited; after closing what it costs less
    comes back. The same again changes nothing. Refuses `CorrectionReasonMissing`, `CorrectedAlready`, `TimeOutOfRange`
    and `TimeTaken` of `work`.
    """
    if not why.strip():
        raise sessions.CorrectionReasonMissing
    Person.objects.select_for_update().only("pk").get(pk=session.agent_id)
    ticket = Ticket.objects.locked(Ticket.objects.get(cover=session.cover_id).pk)
    case = Case(ticket.cover)
    if not ticket.is_closed:
        work.follow(ticket, case, at=at)
    corrected = sessions.correct(
        case, session, seconds=seconds, kind=kind, why=why.strip(), at=at, recorded_at=recording_moment(ticket, at=at)
    )
    if corrected is None:
        audit.record_all(case.entries)
        return session
    is_cheaper = cover_endings.lower_price(case, by=by, at=at)
    store(case)
    case.entries.append(
        audit_trail.entry(
            "work.corrected", ticket, by=by, at=at, session=session.pk, corrected=corrected.pk,
            before=session.duration_seconds, seconds=seconds or session.duration_seconds, kind=corrected.kind,
        )
    )  # fmt: skip
    if is_cheaper:
        cover = case.cover
        case.entries.append(
            audit_trail.entry(
                "ticket.price_lowered", ticket, by=by, at=at, tokens=cover.price_tokens, minutes=cover.price_minutes,
                free_minutes=cover.free_minutes_spent,
            )
        )  # fmt: skip
    if not ticket.is_closed:
        work.follow(ticket, case, at=at)
    audit.record_all(case.entries)
    return corrected


@transaction.atomic
def record_time(
    *,
    ticket: Ticket,
    agent: Person,
    started_at: datetime.datetime,
    seconds: int,
    kind: str,
    reason: str,
    by: Actor,
    at: datetime.datetime,
) -> list[WorkSession]:
    """T14, T17: write down work for which no clock ran, with its reason.

    On an open ticket it counts as far as, laid together with the others, it was paid for at every moment (T4), the rest
    is offered; on a closed one all of it is offered. The same again is what was written before; the same time for
    another reason is `TimeTaken`. Refuses `BeforeTicket`, and `ReasonMissing`, `TimeOutOfRange` of `work`, too.
    """
    reason = reason.strip()
    if not reason:
        raise clocks.ReasonMissing
    sessions.refuse_unless_in_range(started_at, seconds, at=at)
    ended_at = started_at + datetime.timedelta(seconds=seconds)
    zone = provider.time_zone()
    if started_at < calendar.start_of(calendar.date_on(ticket.opened_at, zone), zone):
        raise BeforeTicket
    # Locks the agent, so that two at once can't write the same moment twice.
    Person.objects.select_for_update().only("pk").get(pk=agent.pk)
    ticket = Ticket.objects.locked(ticket.pk)
    case = Case(ticket.cover)
    same = sessions.written_before(case, agent_id=agent.pk, started_at=started_at, ended_at=ended_at, reason=reason)
    if same:
        return same
    sessions.refuse_if_taken(agent.pk, (started_at, ended_at), at=at)
    chosen = clocks.kind_chosen(kind)
    if ticket.is_closed:
        chosen = WorkSession.Kind.OFFERED
    else:
        work.follow(ticket, case, at=at)
    stretch = time_worked.Stretch(
        started_at, ended_at, chosen not in NOT_CHARGED, agent.pk, offered=chosen == WorkSession.Kind.OFFERED
    )
    kept = sessions.keep(case, stretch, kind=chosen, reason=reason, at=recording_moment(ticket, at=at), is_late=True)
    store(case)
    numbers = [one.pk for one in kept]
    case.entries.append(audit_trail.entry("work.recorded", ticket, by=by, at=at, agent=agent.pk, sessions=numbers))
    if not ticket.is_closed:
        work.follow(ticket, case, at=at)
    audit.record_all(case.entries)
    return kept


def recording_moment(ticket: Ticket, *, at: datetime.datetime) -> datetime.datetime:
    """When a session is written down: never at the closing that it comes after, so that each closing finds the
    sessions that stood then.
    """
    return max(at, ticket.closed_at + datetime.timedelta.resolution) if ticket.closed_at else at
