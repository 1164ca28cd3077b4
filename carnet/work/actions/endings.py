"""How a cover ends with its ticket: priced, spent, released; and what may change that later (T8, T10, T14)."""

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel.refused import Refused
from carnet.ledger import queries as ledger
from carnet.ledger.models import CustomerLedger
from carnet.work import queries, rules
from carnet.work.actions import holding
from carnet.work.models import Cover, IndivisiblePart, MergedTime, PaidTime


class OtherKindOfCover(Refused):
    """Only tickets of one customer and one kind of cover merge (T10)."""

    code = "work.other_kind_of_cover"


class MergedAlready(Refused):
    """Its work is priced together with that of another ticket already (T10)."""

    code = "work.merged_already"


@transaction.atomic
def end_cover(
    *,
    cover: Cover,
    stretches: Iterable[rules.Stretch],
    by: Actor,
    at: datetime.datetime,
    waived: bool = False,
    provider_caused: bool = False,
) -> Cover:
    """T2, H1–H5, F1, F2: price the worked `stretches`, spend that, release the rest (T12); its price then stands on the
    cover.

    What was worked beyond the paid time is never charged (T4), so nothing is spent that was not reserved with
    consent. `waived`: the price is 0 (T9). `provider_caused`: what is released lives 30 days more at least. Ended
    before: that price stays. After a reopening (T8) the same count is priced, and what it has cost already is part of
    it.
    """
    cover = _locked(cover)
    if cover.has_ended:
        return cover
    charged = rules.meter(list(stretches), queries.limits(cover))
    used_seconds = 0 if waived else rules.worked_seconds(charged)
    price = queries.price(cover, used_seconds)
    holding.settle(cover, price, used_seconds=used_seconds, rule="", provider_caused=provider_caused, by=by, at=at)
    cover.state, cover.ended_at, cover.waiting_since, cover.waits_for = Cover.State.ENDED, at, None, ""
    cover.save()
    audit.record(
        "cover.ended", by=by, at=at, subject=("cover", cover.pk), customer_id=cover.customer_id, tokens=price.tokens,
        minutes=price.minutes, free_minutes=price.free_minutes, waived=waived,
    )  # fmt: skip
    return cover


@transaction.atomic
def reopen_cover(*, cover: Cover, used_seconds: int, by: Actor, at: datetime.datetime) -> Cover:
    """T8: the same count goes on: what was spent pays on, free minutes that are left are reserved again, and the next
    units if that was consented to; else it waits for them.

    `used_seconds` is the charged time so far. Not ended: nothing changes.
    """
    cover = _locked(cover)
    if not cover.has_ended:
        return cover
    cover.ended_at = cover.price_tokens = cover.price_minutes = cover.free_minutes_spent = None
    if queries.had_free_minutes(cover) or (cover.wants_free and not queries.paid_times(cover)):
        holding.reserve_free_minutes(cover, by=by, at=at)
    is_covered = queries.paid_seconds_in_all(cover) > used_seconds or holding.reserve_next(cover, by=by, at=at)
    holding.set_state(cover, is_covered=is_covered, at=at)
    audit.record(
        "cover.reopened", by=by, at=at, subject=("cover", cover.pk), customer_id=cover.customer_id, covered=is_covered
    )
    return cover


@transaction.atomic
def lower_price(*, cover: Cover, stretches: Iterable[rules.Stretch], by: Actor, at: datetime.datetime) -> Cover:
    """T14: price an ended cover anew from worked time that was corrected; what it costs less comes back (L11, T12).

    Never raises anything: time recorded or raised after closing is offered. Wrong time is our mistake, so what comes
    back lives 30 days more at least. Not ended: nothing to do yet.
    """
    cover = _locked(cover)
    if not cover.has_ended:
        return cover
    before = rules.Price(cover.free_minutes_spent or 0, cover.price_tokens or 0, cover.price_minutes or 0)
    if before == rules.Price():
        return cover  # waived, or given back before
    charged = rules.meter(list(stretches), queries.limits(cover))
    used_seconds = rules.worked_seconds(charged)
    had = queries.units_had(cover)
    has_units = had[Cover.Means.TOKENS] or had[Cover.Means.MINUTES]
    # Without any, what it costs beyond free time is paid by the ticket that it was merged with (T10).
    now = queries.price(cover, used_seconds if has_units else min(used_seconds, cover.free_seconds), had=had)
    price = rules.Price(
        rules.price_after_correction(cover.free_minutes_spent or 0, now.free_minutes),
        rules.price_after_correction(cover.price_tokens or 0, now.tokens),
        rules.price_after_correction(cover.price_minutes or 0, now.minutes),
    )
    if price == before:
        return cover
    holding.settle(cover, price, used_seconds=used_seconds, rule="T14", provider_caused=True, by=by, at=at)
    cover.save()
    audit.record(
        "cover.corrected", by=by, at=at, subject=("cover", cover.pk), customer_id=cover.customer_id,
        tokens=price.tokens, minutes=price.minutes, free_minutes=price.free_minutes,
    )  # fmt: skip
    return cover


@transaction.atomic
def merge_covers(
    *,
    source: Cover,
    target: Cover,
    source_stretches: Iterable[rules.Stretch],
    target_stretches: Iterable[rules.Stretch],
    by: Actor,
    at: datetime.datetime,
) -> Cover:
    """T10: price the work of two covers together, at the lower of the summed seconds and the sum of the prices apart.

    The target pays with what it has, the source keeps only what is needed beyond that; surplus reservations are
    released and units already spent come back by a correction. The source ends. Later work on the target is priced
    with it. Refuses `OtherKindOfCover` and `MergedAlready`. A source that has no cover costs nothing and just ends.
    """
    CustomerLedger.objects.lock(target.customer_id)
    known = Cover.objects.select_related("customer", "person").in_bulk([source.pk, target.pk])
    source, target = known[source.pk], known[target.pk]
    if (
        MergedTime.objects.filter(source__in=[source, target]).exists()
        or MergedTime.objects.filter(cover=source).exists()
    ):
        raise MergedAlready
    if source.customer_id != target.customer_id or not queries.may_merge(source, target):
        raise OtherKindOfCover
    seconds = [
        # What was waived at its end has been worked, though nothing pays for it any more (T9).
        rules.worked_seconds(stretches if cover.has_ended else rules.meter(list(stretches), queries.limits(cover)))
        for cover, stretches in ((source, source_stretches), (target, target_stretches))
    ]
    before = list(MergedTime.objects.filter(cover=target))
    apart = queries.price_now(source, seconds[0])
    merged, together = _merged_time(source, target, seconds, apart, before, at=at)
    lots = list(IndivisiblePart.objects.filter(cover=source).values_list("lot_id", flat=True))
    kept = rules.Price(apart.free_minutes, merged.kept_tokens, merged.kept_minutes)
    holding.settle(source, kept, used_seconds=seconds[0], rule="T10", provider_caused=False, by=by, at=at)
    _pass_indivisible_on(lots, target)
    source.state, source.ended_at, source.waiting_since, source.waits_for = Cover.State.ENDED, at, None, ""
    source.save()
    merged.save(force_insert=True)
    _pay_together(target, seconds[1], at=at)
    if target.has_ended:
        price = queries.price(target, seconds[1])
        holding.settle(target, price, used_seconds=seconds[1], rule="T10", provider_caused=False, by=by, at=at)
        target.save()
    audit.record(
        "cover.merged", by=by, at=at, subject=("cover", target.pk), customer_id=target.customer_id, source=source.pk,
        tokens=together.tokens, minutes=together.minutes,
    )  # fmt: skip
    return target


def _merged_time(
    source: Cover, target: Cover, seconds: Sequence[int], apart: rules.Price, before: Sequence[MergedTime], *,
    at: datetime.datetime,
) -> tuple[MergedTime, rules.Price]:  # fmt: skip
    """What the source brings along, and the price of all together: the source keeps what the others don't hold."""
    costs = apart.tokens or apart.minutes
    merged = MergedTime(
        cover=target, source=source, at=at, seconds=seconds[0], price_tokens=apart.tokens, price_minutes=apart.minutes,
        charged_seconds=rules.split_free(seconds[0], source.free_seconds).seconds_left if costs else 0,
        least_minutes=source.least_minutes, kept_tokens=0, kept_minutes=0,
    )  # fmt: skip
    together, had = queries.price_together(target, seconds[1], [*before, merged]), queries.units_had(target)
    held_tokens = had[Cover.Means.TOKENS] + sum(one.kept_tokens for one in before)
    held_minutes = had[Cover.Means.MINUTES] + sum(one.kept_minutes for one in before)
    merged.kept_tokens = max(0, together.tokens - held_tokens)
    merged.kept_minutes = max(0, together.minutes - held_minutes)
    return merged, together


def _pass_indivisible_on(lots: Iterable[int], target: Cover) -> None:
    """H1: the first minutes of a pack that the source bore and no longer pays are borne by the target, if it draws on
    the same pack: they were one subject.
    """
    held = {hold.lot_id for hold in ledger.holds_of(target.cause) if hold.units}
    free = set(lots) & held - set(IndivisiblePart.objects.filter(lot__in=lots).values_list("lot_id", flat=True))
    IndivisiblePart.objects.bulk_create(IndivisiblePart(lot_id=lot_id, cover=target) for lot_id in sorted(free))


def _pay_together(target: Cover, used_seconds: int, *, at: datetime.datetime) -> None:
    """How long the target may go on with what both have now: as long as its price stays within that."""
    paid = queries.paid_seconds_in_all(target)
    now = max(used_seconds, queries.payable_seconds(target))
    if now != paid and not target.has_ended:
        PaidTime.objects.create(
            cover=target, at=at, seconds=now - paid, units=0, means=target.means,
            key=f"cover:{target.pk}:paid:{PaidTime.objects.filter(cover=target).count() + 1}:merged",
        )  # fmt: skip


def _locked(cover: Cover) -> Cover:
    CustomerLedger.objects.lock(cover.customer_id)
    return Cover.objects.select_related("customer", "person").get(pk=cover.pk)
