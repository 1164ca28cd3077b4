"""Differences between the account at the payment service and our books are kept with both sides."""

import datetime
from collections.abc import Collection, Sequence

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel.refused import Refused
from carnet.kernel.transactions import joined
from carnet.payments.models import Difference
from carnet.payments.rules.comparing import Differing


class SettlingReasonMissing(Refused):
    """Whoever reads the list later must know what was done."""

    code = "payments.settling_reason_missing"
    field = "reason"


# Found while a refund is noted, and not by comparing: it is a fact that stays.
LASTING = "refunded_too_much"


@joined
def note_differences(*, found: Sequence[Differing], by: Actor, at: datetime.datetime) -> list[Difference]:
    """Keep these differences, and answer which of them are news: those never seen before, mended meanwhile, or changed
    since somebody dealt with them. One that is known is seen again, with its sides as they are now.
    """
    news = []
    for one in found:
        row, is_new = Difference.objects.select_for_update().get_or_create(
            external_id=one.external_id, kind=one.kind,
            defaults={
                "ours": one.ours, "theirs": one.theirs, "payment_id": one.payment_id, "found_at": at, "seen_at": at
            },
        )  # fmt: skip
        is_settled = row.settled_at is not None and (row.ours, row.theirs) == (one.ours, one.theirs)
        if is_new or row.mended_at is not None or (row.settled_at is not None and not is_settled):
            news.append(row)
            audit.record(
                "difference.found", by=by, at=at, subject=("difference", row.pk), kind=row.kind,
                external_id=row.external_id,
            )  # fmt: skip
            row.settled_at, row.settled_why = None, ""
        row.ours, row.theirs, row.payment_id, row.seen_at, row.mended_at = (
            one.ours, one.theirs, one.payment_id, at, None
        )  # fmt: skip
        row.save()
    return news


@joined
def settle_difference(*, difference: Difference, reason: str, by: Actor, at: datetime.datetime) -> Difference:
    """Somebody has dealt with this difference outside Carnet, and says how: it is told again only if a side changes. A
    second time changes nothing. Refuses `SettlingReasonMissing`.
    """
    difference = Difference.objects.select_for_update().get(pk=difference.pk)
    if difference.settled_at is not None:
        return difference
    if not reason.strip():
        raise SettlingReasonMissing
    difference.settled_at, difference.settled_why = at, reason.strip()
    difference.save(update_fields=["settled_at", "settled_why"])
    audit.record(
        "difference.settled", by=by, at=at, subject=("difference", difference.pk), kind=difference.kind,
        external_id=difference.external_id,
    )  # fmt: skip
    return difference


@joined
def mend_differences(
    *, external_ids: Collection[str], but: Sequence[Differing], by: Actor, at: datetime.datetime
) -> list[Difference]:
    """Whatever differed about these, and is not found any more, is mended."""
    still = {(one.external_id, one.kind) for one in but}
    mended = []
    known = Difference.objects.select_for_update().filter(mended_at=None).exclude(kind=LASTING).order_by("pk")
    for row in known:
        if row.external_id in external_ids and (row.external_id, row.kind) not in still:
            row.mended_at = at
            row.save(update_fields=["mended_at"])
            audit.record(
                "difference.mended", by=by, at=at, subject=("difference", row.pk), kind=row.kind,
                external_id=row.external_id,
            )  # fmt: skip
            mended.append(row)
    return mended
