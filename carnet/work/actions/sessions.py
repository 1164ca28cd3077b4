"""Worked time as it is written down, and how it is mended by another session, never changed (L11, T14). Parts of the
caller's action on a case.
"""

import datetime

from carnet.kernel.refused import Refused
from carnet.work.models import NOT_CHARGED, RunningWork, WorkReason, WorkSession
from carnet.work.queries.cases import Case
from carnet.work.rules import clocks, time_worked


class CorrectionReasonMissing(Refused):
    """A correction says why; the customer reads it."""

    code = "work.correction_reason_missing"
    field = "why"


class CorrectedAlready(Refused):
    """The session was replaced by a correction; that one is corrected now."""

    code = "work.corrected_already"


class TimeOutOfRange(Refused):
    """Worked time has a whole second at least, is not longer than 24 hours, and is over by now."""

    code = "work.time_out_of_range"
    field = "started_at"


class TimeTaken(Refused):
    """The agent has worked at that time already: each moment of theirs is written down once."""

    code = "work.time_taken"
    field = "started_at"


DAY_SECONDS = 24 * 3600


def keep(
    case: Case,
    stretch: time_worked.Stretch,
    *,
    kind: WorkSession.Kind,
    reason: str,
    at: datetime.datetime,
    is_late: bool = False,
) -> list[WorkSession]:
    """Keep worked time as sessions, what nothing pays for as offered (T4); see `clocks.parts_to_keep`."""
    others = [one.as_clock().until(at) for one in case.clocks if one.agent_id != stretch.agent_id]
    parts = clocks.parts_to_keep(stretch, others, case.stretches, case.limits, is_late=is_late)
    return [
        _add(case, part, kind=WorkSession.Kind.OFFERED if part.offered else kind, reason=reason, at=at)
        for part in parts
    ]


def replace(
    case: Case, session: WorkSession, *, kind: WorkSession.Kind, reason: str = "", at: datetime.datetime
) -> WorkSession:
    """The same time as another kind; both stay readable (L11)."""
    return _add(case, session.as_stretch(), kind=kind, reason=reason, replaces=session, at=at)


def make_free(case: Case, *, at: datetime.datetime) -> None:
    """T9: what was waived at the end stays free of charge when the count goes on: its charged sessions are offered from
    now on.
    """
    charged = [one for one in case.standing if one.kind == WorkSession.Kind.CHARGEABLE]
    reasons = dict(WorkReason.objects.filter(session__in=charged).values_list("session_id", "text"))
    for one in charged:
        replace(case, one, kind=WorkSession.Kind.OFFERED, reason=reasons.get(one.pk, ""), at=at)


def _add(
    case: Case,
    stretch: time_worked.Stretch,
    *,
    kind: WorkSession.Kind,
    reason: str = "",
    correction: str = "",
    replaces: WorkSession | None = None,
    at: datetime.datetime,
) -> WorkSession:
    session = WorkSession(
        cover=case.cover, agent_id=stretch.agent_id, kind=kind, started_at=stretch.start, ended_at=stretch.end,
        recorded_at=at, replaces=replaces,
    )  # fmt: skip
    if replaces:
        replaces.replaced_at = at  # type: ignore[attr-defined]
    if reason or correction:
        case.new_reasons.append(WorkReason(session=session, text=reason, correction=correction))
    case.new_sessions.append(session)
    case.sessions.append(session)
    return session


def correct(
    case: Case, session: WorkSession, *, seconds: int, kind: str, why: str, at: datetime.datetime,
    recorded_at: datetime.datetime,
) -> WorkSession | None:  # fmt: skip
    """T14: replace a session by one that is shorter, or of another kind (training, repair; mistaken: never worked).

    Of the same agent, whom the caller has locked. It never makes more of what is charged: a longer session, and a free
    one that becomes chargeable, keep what they were, and what is more is offered. `seconds` 0 is the kind mistaken.
    None: the same again changes nothing. Refuses `CorrectedAlready`, `TimeOutOfRange`, and `TimeTaken` for a longer one
    that runs into other work of its agent.
    """
    chosen = WorkSession.Kind(kind) if seconds else WorkSession.Kind.MISTAKEN
    session = next(one for one in case.sessions if one.pk == session.pk)
    if session not in case.standing:
        raise CorrectedAlready
    length = seconds or session.duration_seconds
    if not 0 < length <= DAY_SECONDS or session.started_at + datetime.timedelta(seconds=length) > at:
        raise TimeOutOfRange
    if chosen == WorkSession.Kind.CHARGEABLE and session.kind != WorkSession.Kind.CHARGEABLE:
        chosen = WorkSession.Kind(session.kind)
    kept = min(length, session.duration_seconds)
    if (kept, length, chosen) == (session.duration_seconds, session.duration_seconds, session.kind):
        return None
    works_again = session.kind == WorkSession.Kind.MISTAKEN != chosen
    if length > kept or works_again:
        since = session.started_at if works_again else session.ended_at
        span = (since, session.started_at + datetime.timedelta(seconds=length))
        refuse_if_taken(session.agent_id, span, at=at)
    known = WorkReason.objects.filter(session=session).first()
    text, end = known.text if known else "", session.started_at + datetime.timedelta(seconds=kept)
    stretch = time_worked.Stretch(session.started_at, end, chosen not in NOT_CHARGED, session.agent_id)
    corrected = _add(case, stretch, kind=chosen, reason=text, correction=why, replaces=session, at=recorded_at)
    if length > kept:
        more = time_worked.Stretch(end, session.started_at + datetime.timedelta(seconds=length), True, session.agent_id)
        _add(case, more, kind=WorkSession.Kind.OFFERED, reason=text, correction=why, at=recorded_at)
    return corrected


def written_before(
    case: Case, *, agent_id: int, started_at: datetime.datetime, ended_at: datetime.datetime, reason: str
) -> list[WorkSession]:
    """The sessions that hold exactly this time, if the agent has written it down before, so that twice is once. For
    another reason it is `TimeTaken`.
    """
    same = [
        one
        for one in case.standing
        if one.agent_id == agent_id
        and one.kind != WorkSession.Kind.MISTAKEN
        and started_at <= one.started_at
        and one.ended_at <= ended_at
    ]
    if not same or (same[0].started_at, same[-1].ended_at) != (started_at, ended_at):
        return []
    if not WorkReason.objects.filter(session=same[0], text=reason).exists():
        raise TimeTaken
    return same


def refuse_unless_in_range(started_at: datetime.datetime, seconds: int, *, at: datetime.datetime) -> None:
    """Refuses `TimeOutOfRange`."""
    if not 0 < seconds <= DAY_SECONDS or started_at + datetime.timedelta(seconds=seconds) > at:
        raise TimeOutOfRange


def refuse_if_taken(agent_id: int, span: time_worked.Span, *, at: datetime.datetime) -> None:
    """Each moment of an agent is written down once. A clock that stands still may go on as if it had not, unless its
    agent has stopped it: until it is known what it was for, its time goes up to now. Refuses `TimeTaken`.
    """
    start, end = span
    worked = WorkSession.objects.standing().exclude(kind=WorkSession.Kind.MISTAKEN).filter(agent=agent_id)
    running = RunningWork.objects.filter(agent=agent_id, started_at__lt=end).first()
    if running:
        is_over = running.stopped_by == RunningWork.StoppedBy.AGENT
        if not is_over or running.end_at(at) > start:
            raise TimeTaken
    if worked.filter(started_at__lt=end, ended_at__gt=start).exists():
        raise TimeTaken
