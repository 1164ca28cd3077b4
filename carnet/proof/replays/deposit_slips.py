"""Deposit slips: numbers without a gap, each with its cheques and their sum."""

from collections.abc import Iterator

from carnet.cheques.models import DepositSlip, SlipCounter
from carnet.kernel import snapshot
from carnet.proof.rules import Fault, Found

CHECK = "deposit slips"
PORTION = 300


def faults() -> Iterator[Found]:
    """All of them, the first one first, in portions, each read as of one instant."""
    after, last = 0, None
    while True:
        with snapshot.at_rest():
            rows = DepositSlip.objects.filter(pk__gt=after).order_by("pk")
            portion = list(rows.prefetch_related("cheques__payment")[:PORTION])
            is_last = len(portion) < PORTION
            counter = SlipCounter.objects.first() if is_last else None
        found: list[Fault] = []
        for slip in portion:
            found += _faults_of(slip, last)
            after, last = slip.pk, slip
        if is_last:
            counted = (counter.last_year, counter.last_sequence, counter.last_on) if counter else (None, 0, None)
            if counted != ((last.year, last.sequence, last.made_on) if last else (None, 0, None)):
                found.append(Fault(CHECK, "deposit_slips", None, "counter_differs"))
        yield len(portion), found
        if is_last:
            return


def _faults_of(slip: DepositSlip, last: DepositSlip | None) -> Iterator[Fault]:
    is_first = last is None or slip.year > last.year
    expected = (slip.year, 1) if is_first or last is None else (last.year, last.sequence + 1)
    goes_back = last is not None and slip.made_on < last.made_on
    if (slip.year, slip.sequence) != expected or slip.year != slip.made_on.year or goes_back:
        yield Fault(CHECK, "deposit_slip", slip.number, "does_not_follow")
    cheques = sorted(slip.cheques.all(), key=lambda one: one.position)
    total_cents = sum(one.payment.amount_cents for one in cheques)
    places = [one.position for one in cheques]
    if (len(cheques), total_cents) != (slip.cheque_count, slip.total_cents) or places != [*range(1, len(places) + 1)]:
        values = {"cheques": len(cheques), "cents": total_cents}
        yield Fault(CHECK, "deposit_slip", slip.number, "sum_differs", values)
    if any(one.payment.means != "cheque" for one in cheques):
        yield Fault(CHECK, "deposit_slip", slip.number, "no_cheque")
    if slip.deposited_on is not None and slip.deposited_on < slip.made_on:
        yield Fault(CHECK, "deposit_slip", slip.number, "deposited_too_early")
