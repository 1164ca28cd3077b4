"""Differences between the account at the payment service and our books are kept with both sides."""

import datetime
from collections.abc import Sequence

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel.transactions import joined
from carnet.payments.models import Difference
from carnet.payments.rules.comparing import Differing


@joined
def note_differences(*, found: Sequence[Differing], by: Actor, at: datetime.datetime) -> list[Difference]:
    """Keep these differences, and answer which of them are news: those never seen before, or mended meanwhile. One that
    is known is seen again, with its sides as they are now.
    """
    news = []
    for one in found:
        row, is_new = Difference.objects.select_for_update().get_or_create(
            external_id=one.external_id, kind=one.kind,
            defaults={
                "ours": one.ours, "theirs": one.theirs, "payment_id": one.payment_id, "found_at": at, "seen_at": at
            },
        )  # fmt: skip
        if is_new or row.mended_at is not None:
            news.append(row)
            audit.record(
                "difference.found", by=by, at=at, subject=("difference", row.pk), kind=row.kind,
                external_id=row.external_id,
            )  # fmt: skip
        if not is_new:
            row.ours, row.theirs, row.payment_id, row.seen_at, row.mended_at = (
                one.ours, one.theirs, one.payment_id, at, None
            )  # fmt: skip
            row.save()
    return news
