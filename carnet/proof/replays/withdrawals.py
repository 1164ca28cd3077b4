"""Withdrawals judged by the days that the law gives, and by what became of their orders (O11)."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from carnet.audit.models import Entry
from carnet.kernel import snapshot
from carnet.orders.models import Order
from carnet.proof.replays.orders import SettingHistory
from carnet.proof.rules import Fault, Found
from carnet.till.models import Withdrawal

CHECK = "withdrawals"
PORTION = 500
BESIDE = ("order__revivals", "order__withdrawals", "order__refunds", "order__lines__activation__lot")
CODES = ("withdrawal.declared", "withdrawal.carried_out")


def faults() -> Iterator[Found]:
    """All of them, in portions, each read as of one instant; then those that only the audit knows."""
    zones, after = SettingHistory("time_zone"), 0
    while True:
        with snapshot.at_rest():
            rows = Withdrawal.objects.filter(pk__gt=after).select_related("order").order_by("pk")
            portion = list(rows.prefetch_related(*BESIDE)[:PORTION])
            told = _told(portion)
        yield len(portion), [fault for one in portion for fault in _faults_of(one, told, zones)]
        if len(portion) < PORTION:
            break
        after = portion[-1].pk
    known = Withdrawal.objects.values("pk")
    strays = Entry.objects.filter(code__in=CODES, subject_kind="withdrawal").exclude(subject_id__in=known)
    numbers = sorted({number or 0 for number in strays.values_list("subject_id", flat=True)})
    yield 0, [Fault(CHECK, "withdrawal", number, "withdrawal_missing") for number in numbers]


def _told(portion: list[Withdrawal]) -> dict[int, dict[str, tuple[datetime.datetime, int]]]:
    """What the audit heard of these: when, and of which order."""
    found: dict[int, dict[str, tuple[datetime.datetime, int]]] = defaultdict(dict)
    numbers = [one.pk for one in portion]
    entries = Entry.objects.filter(code__in=CODES, subject_kind="withdrawal", subject_id__in=numbers)
    for entry in entries.order_by("-id"):
        found[entry.subject_id or 0][entry.code] = (entry.at, entry.details["order"])
    return found


def _faults_of(
    one: Withdrawal, told: dict[int, dict[str, tuple[datetime.datetime, int]]], zones: SettingHistory
) -> Iterator[Fault]:
    order, heard = one.order, told[one.pk]
    if heard.get("withdrawal.declared") != (one.declared_at, order.pk):
        yield Fault(CHECK, "withdrawal", one.pk, "declared_differs")
    on = one.declared_at.astimezone(ZoneInfo(zones.at(one.declared_at))).date()
    if not _first_day(order) <= on <= _last_day(order, one.declared_at):
        yield Fault(CHECK, "withdrawal", one.pk, "out_of_time", {"on": str(on)})
    expected = (one.carried_out_at, order.pk) if one.carried_out_at else None
    if heard.get("withdrawal.carried_out") != expected:
        yield Fault(CHECK, "withdrawal", one.pk, "carried_out_differs")
    if one.carried_out_at is None:
        return
    if one.carried_out_at < one.declared_at or order.is_open:
        yield Fault(CHECK, "withdrawal", one.pk, "not_carried_out", {"state": order.state})
    elif order.is_settled and any(_units_left(order)):
        yield Fault(CHECK, "withdrawal", one.pk, "units_left")
    if sum(bool(other.carried_out_at) for other in order.withdrawals.all()) > 1:
        yield Fault(CHECK, "withdrawal", one.pk, "carried_out_twice")


def _units_left(order: Order) -> Iterator[bool]:
    """Whether units that a withdrawal takes can still be used, or come yet, line by line."""
    was_never_active = any(refund.lot_id is None for refund in order.refunds.all())
    for line in order.lines.all():
        yield line.activation.lot.available > 0 if hasattr(line, "activation") else not was_never_active


def _first_day(order: Order) -> datetime.date:
    return order.ordered_on


def _last_day(order: Order, at: datetime.datetime) -> datetime.date:
    """Until when the order's consumer may withdraw, as it stood then; a company never may."""
    days = [order.withdrawal_last_day] + [one.withdrawal_last_day for one in order.revivals.all() if one.at <= at]
    return max((day for day in days if day), default=datetime.date.min)
