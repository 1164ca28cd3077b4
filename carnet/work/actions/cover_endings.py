"""How a cover ends: priced, spent, released; and what may change that later (T8, T10, T14). Parts of the caller's
action, on cases under the lock of the customer's ledger.
"""

import datetime

from carnet.audit.actors import Actor
from carnet.kernel.refused import Refused
from carnet.work.actions import cover_units
from carnet.work.models import Cover, IndivisiblePart, MergedTime
from carnet.work.queries import covers as queries
from carnet.work.queries.cases import Case
from carnet.work.rules import metering, prices, time_worked


class OtherKindOfCover(Refused):
    """Only tickets of one customer and one kind of cover merge (T10)."""

    code = "work.other_kind_of_cover"


class MergedAlready(Refused):
    """Its work is priced together with that of another ticket already (T10)."""

    code = "work.merged_already"


def end(case: Case, *, waived: bool = False, provider_caused: bool = False, by: Actor, at: datetime.datetime) -> None:
    """T2, H1–H5, F1, F2: price what was worked, spend that, release the rest (T12); its price then stands on the cover.

    What was worked beyond the paid time is never charged (T4), so nothing is spent that was not reserved with
    consent. `waived`: the price is 0 (T9). `provider_caused`: what is released lives 30 days more at least. Ended
    before: that price stays. After a reopening (T8) the same count is priced, and what it has cost already is part of
    it.
    """
    if case.cover.has_ended:
        return
    used_seconds = 0 if waived else charged_seconds(case)
    price = queries.price(case.cover, used_seconds, had=case.had, merged=case.merged)
    cover_units.settle(case, price, used_seconds=used_seconds, provider_caused=provider_caused, by=by, at=at)
    _set_ended(case, at=at)
    cover_units.note(
        case, "cover.ended", by=by, at=at, tokens=price.tokens, minutes=price.minutes, free_minutes=price.free_minutes,
        waived=waived,
    )  # fmt: skip


def charged_seconds(case: Case) -> int:
    """T4: W of what stands, as far as it was paid for at every moment."""
    stretches = [one.as_stretch() for one in case.standing]
    return time_worked.worked_seconds(metering.meter(stretches, case.limits))


def _set_ended(case: Case, *, at: datetime.datetime) -> None:
    cover, case.is_changed = case.cover, True
    cover.state, cover.ended_at, cover.waiting_since, cover.waits_for = Cover.State.ENDED, at, None, ""


def reopen(case: Case, *, by: Actor, at: datetime.datetime) -> None:
    """T8: the same count goes on: what was spent pays on, free minutes that are left are reserved again, and the next
    units if that was consented to; else it waits for them. Not ended: nothing changes.
    """
    cover = case.cover
    if not cover.has_ended:
        return
    cover.ended_at = cover.price_tokens = cover.price_minutes = None
    had_free = any(one.means == Cover.Means.TRIAL and one.units > 0 for one in case.paid)
    free = cover_units.free_minutes(case, at=at) if had_free or (cover.wants_free and not case.paid) else None
    if free:
        cover_units.prepare(case, free)
        cover_units.take(case, free, by=by, at=at)
    if case.paid_seconds > case.worked_seconds:
        cover_units.set_state(case, is_covered=True, at=at)
    else:
        cover_units.cover_again(case, cover_units.next_units(case, at=at), by=by, at=at)
    cover_units.note(case, "cover.reopened", by=by, at=at, covered=not cover.is_waiting)


def lower_price(case: Case, *, by: Actor, at: datetime.datetime) -> bool:
    """T14: price an ended cover anew, for worked time was corrected; what it costs less comes back (L11, T12). Whether
    it costs less.

    Never raises anything: time recorded or raised after closing is offered. Wrong time is our mistake, so what comes
    back lives 30 days more at least. Not ended: nothing to do yet.
    """
    cover = case.cover
    if not cover.has_ended:
        return False
    before = prices.Price(cover.free_minutes_spent or 0, cover.price_tokens or 0, cover.price_minutes or 0)
    if before == prices.Price():
        return False  # waived, or given back before
    used_seconds, had = charged_seconds(case), case.had
    has_units = had[Cover.Means.TOKENS] or had[Cover.Means.MINUTES]
    # Without any, what it costs beyond free time is paid by the ticket that it was merged with (T10).
    priced = used_seconds if has_units else min(used_seconds, cover.free_seconds)
    now = queries.price(cover, priced, had=had, merged=case.merged)
    price = prices.Price(
        prices.price_after_correction(before.free_minutes, now.free_minutes),
        prices.price_after_correction(before.tokens, now.tokens),
        prices.price_after_correction(before.minutes, now.minutes),
    )
    if price == before:
        return False
    cover_units.settle(case, price, used_seconds=used_seconds, rule="T14", provider_caused=True, by=by, at=at)
    cover_units.note(
        case, "cover.corrected", by=by, at=at, tokens=price.tokens, minutes=price.minutes,
        free_minutes=price.free_minutes,
    )  # fmt: skip
    return True


def merge(source: Case, target: Case, *, by: Actor, at: datetime.datetime) -> None:
    """T10: price the work of two covers together, at the lower of the summed seconds and the sum of the prices apart.

    The target pays with what it has, the source keeps only what is needed beyond that; surplus reservations are
    released and units already spent come back by a correction. The source ends. Later work on the target is priced
    with it. Refuses `OtherKindOfCover` and `MergedAlready`. A source that has no cover costs nothing and just ends.
    """
    pks = [source.cover.pk, target.cover.pk]
    if source.merged or MergedTime.objects.filter(source__in=pks).exists():
        raise MergedAlready
    if source.cover.customer_id != target.cover.customer_id or not _may_merge(source, target):
        raise OtherKindOfCover
    # What was waived at its end has been worked, though nothing pays for it any more (T9).
    seconds = [one.worked_seconds if one.cover.has_ended else charged_seconds(one) for one in (source, target)]
    apart = queries.price_now(source.cover, seconds[0], had=source.had, merged=[])
    merged, together = _merged_time(source, target, seconds, apart, at=at)
    lots = list(IndivisiblePart.objects.filter(cover=source.cover).values_list("lot_id", flat=True))
    kept = prices.Price(apart.free_minutes, merged.kept_tokens, merged.kept_minutes)
    cover_units.settle(source, kept, used_seconds=seconds[0], rule="T10", by=by, at=at)
    _pass_indivisible_on(lots, target)
    _set_ended(source, at=at)
    merged.save(force_insert=True)
    target.merged.append(merged)
    cover_units.pay_together(target, seconds[1], at=at)
    if target.cover.has_ended:
        price = queries.price(target.cover, seconds[1], had=target.had, merged=target.merged)
        cover_units.settle(target, price, used_seconds=seconds[1], rule="T10", by=by, at=at)
    cover_units.note(
        target, "cover.merged", by=by, at=at, source=source.cover.pk, tokens=together.tokens, minutes=together.minutes
    )


def _may_merge(source: Case, target: Case) -> bool:
    """T10: whether both are of one kind of cover, or the source has none."""
    kinds: list[set[Cover.Means]] = [
        {means for means, units in case.had.items() if units and means != Cover.Means.TRIAL}
        or ({Cover.Means.TRIAL} if case.cover.free_seconds else set())
        for case in (source, target)
    ]
    return not kinds[0] or (kinds[0] == kinds[1] and len(kinds[0]) == 1)


def _merged_time(
    source: Case, target: Case, seconds: list[int], apart: prices.Price, *, at: datetime.datetime
) -> tuple[MergedTime, prices.Price]:
    """What the source brings along, and the price of all together: the source keeps what the others don't hold."""
    costs = apart.tokens or apart.minutes
    merged = MergedTime(
        cover=target.cover, source=source.cover, at=at, seconds=seconds[0], price_tokens=apart.tokens,
        price_minutes=apart.minutes,
        charged_seconds=prices.split_free(seconds[0], source.cover.free_seconds).seconds_left if costs else 0,
        least_minutes=source.cover.least_minutes, kept_tokens=0, kept_minutes=0,
    )  # fmt: skip
    had = target.had
    together = queries.price_together(target.cover, seconds[1], [*target.merged, merged], had=had)
    held_tokens = had[Cover.Means.TOKENS] + sum(one.kept_tokens for one in target.merged)
    held_minutes = had[Cover.Means.MINUTES] + sum(one.kept_minutes for one in target.merged)
    merged.kept_tokens = max(0, together.tokens - held_tokens)
    merged.kept_minutes = max(0, together.minutes - held_minutes)
    return merged, together


def _pass_indivisible_on(lots: list[int], target: Case) -> None:
    """H1: the first minutes of a pack that the source bore and no longer pays are borne by the target, if it draws on
    the same pack: they were one subject.
    """
    held = {hold.lot_id for hold in target.holds if hold.units}
    free = set(lots) & held - set(IndivisiblePart.objects.filter(lot__in=lots).values_list("lot_id", flat=True))
    IndivisiblePart.objects.bulk_create(IndivisiblePart(lot_id=lot_id, cover=target.cover) for lot_id in sorted(free))
