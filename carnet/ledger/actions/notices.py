"""Telling people by mail that units end or run low; what was told is kept, so that nothing is told twice."""

import datetime
from collections.abc import Collection

from django.db import IntegrityError, transaction

from carnet.audit import actions as audit
from carnet.audit.actors import WORKER
from carnet.ledger import mails, queries
from carnet.ledger.models import Notice


@transaction.atomic
def tell_of_ending(*, ending: queries.Ending, at: datetime.datetime) -> bool:
    """L4–L6, L8, F2: one mail about everything of a customer that ends soon, and what becomes of it then. Returns
    whether it was sent: nothing is if somebody else told some of it meanwhile.
    """
    told = [
        Notice(
            kind=Notice.Kind.ENDING, customer=ending.customer, person=ending.person, at=at, lot=lot,
            unit=lot.unit, last_day=lot.last_day, days_before=days,
        )
        for lot, days in ending.lots
    ]  # fmt: skip
    if not _keep(told):
        return False
    mails.units_ending(ending, key=f"notice:{told[0].pk}", at=at)
    return True


@transaction.atomic
def tell_of_low_units(*, low: queries.Low, at: datetime.datetime) -> bool:
    """One mail about the last ticket or the last minutes, or that none is left; once, until there are more again.
    Returns whether it was sent.
    """
    told = Notice(kind=Notice.Kind.LOW, customer=low.customer, person=low.person, at=at, unit=low.unit)
    if not _keep([told]):
        return False
    mails.units_low(low, key=f"notice:{told.pk}", at=at)
    return True


def end_low_notices(*, notices: Collection[int]) -> int:
    """There are more units again: of these notices the next one may be sent. Returns how many were still open."""
    return Notice.objects.filter(pk__in=notices, is_over=False).update(is_over=True)


def _keep(notices: list[Notice]) -> bool:
    """Whether none of them was told before; the database decides, whoever else tells at the same moment."""
    try:
        with transaction.atomic():
            Notice.objects.bulk_create(notices)
    except IntegrityError:
        return False
    first = notices[0]
    audit.record(
        "notice.sent", by=WORKER, at=first.at, subject=("person", first.person_id), customer_id=first.customer_id,
        kind=first.kind, lots=[one.lot_id for one in notices if one.lot_id], unit=first.unit,
    )  # fmt: skip
    return True
