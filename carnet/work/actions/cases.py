"""Writing down once what an action has done to a case; part of the action."""

from carnet.work.models import PaidTime, RunningWork, WorkReason, WorkSession
from carnet.work.queries.cases import Case


def store(case: Case) -> None:
    """Store what has changed. The entries for the audit are left for whoever has more of them."""
    if case.is_changed:
        case.cover.save()
        case.is_changed = False
    if case.new_paid:
        PaidTime.objects.bulk_create(case.new_paid)
        case.new_paid.clear()
    _store_clocks(case)
    _store_sessions(case)


def _store_clocks(case: Case) -> None:
    if case.gone_clocks:
        RunningWork.objects.filter(pk__in=[one.pk for one in case.gone_clocks]).delete()
    for clock in case.changed_clocks:
        if clock not in case.gone_clocks:
            clock.save(update_fields=["stopped_at", "stopped_by", "goes_on", "last_sign_at"])
    case.changed_clocks.clear()
    case.gone_clocks.clear()


def _store_sessions(case: Case) -> None:
    # One that replaces another of this very action needs its number.
    firsts = [one for one in case.new_sessions if one.replaces is None or one.replaces.pk]
    seconds = [one for one in case.new_sessions if one not in firsts]
    for sessions in filter(None, (firsts, seconds)):
        WorkSession.objects.bulk_create(sessions)
    if case.new_reasons:
        WorkReason.objects.bulk_create(case.new_reasons)
    case.new_sessions.clear()
    case.new_reasons.clear()
