"""How far paid time goes, and what was worked beyond it (T4, F2, F3). Pure; instants are aware datetimes in UTC."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from carnet.work.rules.time_worked import NOTHING, SECOND, Limit, Span, Stretch, _laid_together, spans_of


def limits_of(paid_times: Iterable[Limit]) -> list[Limit]:
    """T4: the steps of what is paid in all, for `meter`, from grants of (at, seconds *more*) in any order.

    What a closed ticket released is a grant of less: after a reopening (T8) the count goes on with what it has used.
    """
    grants = sorted(paid_times)
    return list(zip((at for at, _ in grants), accumulate(seconds for _, seconds in grants), strict=True))


def meter(stretches: Sequence[Stretch], limits: Sequence[Limit], *, already: Iterable[Stretch] = ()) -> list[Stretch]:
    """T4: cuts worked stretches exactly where paid time ends; what lies beyond is *offered* and stays so.

    `limits` are steps (at, seconds paid in all from then on), growing with each consent and falling where a closed
    ticket released what it had not used; before the first nothing is paid. A moment is paid if at every later one the
    charged time so far is at most what was paid so far; so the order in which time is recorded changes nothing. Time
    runs once however many agents work (T2): at a paid moment the work of all of them is charged, at an unpaid one the
    work of all is offered. Consent pays for what is worked after it, never for what was offered before.

    Comes back: the parts, in the order of the stretches and of time. Stretches that are not chargeable (T3) or
    offered before pass through whole and use up nothing.

    `already`: parts stored by earlier calls. They stay as they are, and work beside a charged moment is charged with
    it at no further cost. One that was corrected away has used up paid time until then (`counted_until`): what was
    offered meanwhile is not charged because of the correction.
    """
    if any(after < before for (before, _), (after, _) in pairwise(limits)):
        raise ValueError("what is paid is told in order of time")
    already = list(already)
    counted, working = spans_of(already), spans_of(stretches)
    gone = [one for one in already if one.counted_until and one.chargeable and not one.offered]
    moments = {moment for span in (*counted, *working) for moment in span} | {at for at, _ in limits}
    moments |= {moment for one in gone for moment in (one.start, one.end, one.counted_until or one.end)}
    pieces = list(pairwise(sorted(moments)))
    # From which moment on another charged second of each piece costs something; None: never, it is charged already.
    costs_from = [
        None if _lies_in(start, counted) else max((start, *_until(start, gone))) for start, _end in pieces
    ]  # fmt: skip
    room = _room(pieces, costs_from, limits)
    unpaid: list[Span] = []
    for (start, end), since in zip(pieces, costs_from, strict=True):
        if since is None or not _lies_in(start, working):
            continue
        later = [place for place, (begins, _) in enumerate(pieces) if begins >= since] + [len(pieces)]
        paid = max(NOTHING, min(end - start, *(room[place] for place in later)))
        for place in later:
            room[place] -= paid
        if paid < end - start:
            unpaid.append((start + paid, end))
    return [part for stretch in stretches for part in _parts_of(stretch, _laid_together(unpaid))]


def _room(
    pieces: Sequence[Span], costs_from: Sequence[datetime.datetime | None], limits: Sequence[Limit]
) -> list[datetime.timedelta]:
    """What was paid and not used at the end of each piece, and now."""
    room = []
    for begins, _end in (*pieces, (datetime.datetime.max.replace(tzinfo=datetime.UTC), None)):
        used = (
            end - start
            for (start, end), since in zip(pieces, costs_from, strict=True)
            if start <= begins and (since is None or begins < since)
        )
        room.append(_paid_at(begins, limits) - sum(used, NOTHING))
    return room


def _until(moment: datetime.datetime, gone: Iterable[Stretch]) -> Iterator[datetime.datetime]:
    """Until when the stretches of this moment counted that were corrected away since."""
    return (one.counted_until for one in gone if one.counted_until and one.start <= moment < one.end)


def _lies_in(moment: datetime.datetime, spans: Iterable[Span]) -> bool:
    return any(start <= moment < end for start, end in spans)


def _paid_at(moment: datetime.datetime, limits: Sequence[Limit]) -> datetime.timedelta:
    return next((seconds * SECOND for at, seconds in reversed(limits) if at <= moment), NOTHING)


def _parts_of(stretch: Stretch, unpaid: Iterable[Span]) -> Iterator[Stretch]:
    """The stretch, if it is charged, cut into charged and offered parts; `unpaid` is in order of time."""
    charged_from = stretch.start
    for start, end in unpaid if stretch.is_charged else ():
        offered_from, offered_to = max(start, stretch.start), min(end, stretch.end)
        if offered_from >= offered_to:
            continue
        if charged_from < offered_from:
            yield replace(stretch, start=charged_from, end=offered_from)
        yield replace(stretch, start=offered_from, end=offered_to, offered=True)
        charged_from = offered_to
    if charged_from < stretch.end or stretch.start == stretch.end:
        yield replace(stretch, start=charged_from)


def clock_stops_at(used_seconds: int, paid: int, running_since: datetime.datetime) -> datetime.datetime:
    """T4, F3: when the chargeable clock that runs since then stops; `used_seconds` of `paid` were used before.

    At once if nothing is left. With several agents at work give the instant since which anybody has worked without a
    break.
    """
    return running_since + max(0, paid - used_seconds) * SECOND


def warning_at(
    used_seconds: int, paid: int, running_since: datetime.datetime, *, warn_seconds: int = 300
) -> datetime.datetime:
    """T4, F3: when agent and customer are warned, 5 min before the clock stops (25, 55, …); at once if less is left."""
    return max(running_since, clock_stops_at(used_seconds, paid, running_since) - warn_seconds * SECOND)
