"""A payment that is disputed (O7): what is news of it, and which of its cents the dispute is about."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from carnet.payments.rules.online import DisputeFound


@dataclass(frozen=True, slots=True)
class CreditMoved:
    """A movement of credit as the rules see it: signed cents, the money that they are part of, and its cause."""

    cents: int
    payment_id: int | None
    cause: tuple[str, int]


def is_news(found: DisputeFound, *, known_state: str, known_changed_at: datetime.datetime) -> bool:
    """Whether what the service says now is younger than what is known: two that ask at once may write in any order.

    Of the same moment, an end is younger than what was open.
    """
    if found.changed_at == known_changed_at:
        return known_state == "open"
    return found.changed_at > known_changed_at


def disputed_cents(found: DisputeFound, payments: Sequence[int]) -> list[int]:
    """How much of each of these payments, in cents, the dispute is about; once it is lost, how much was taken back.

    A sum in another currency, or above all of them, is about all of them; a part goes to the first payments.
    """
    whole = found.amount_cents
    if found.state == "lost" and found.lost_cents is not None:
        whole = found.lost_cents
    left = whole if found.currency == "EUR" else sum(payments)
    shares = []
    for cents in payments:
        shares.append(min(cents, left))
        left -= shares[-1]
    return shares


def reversal_ids(found: DisputeFound, capture_id: str) -> tuple[str, str]:
    """Under which number the money that a lost dispute took back of this capture is known: the dispute's, as the
    service gives the taking itself none that could be asked for. The first one is how it would be called now; the other
    one, how it was if the dispute was told to be about fewer or more captures then.
    """
    of_one, of_several = found.external_id, f"{found.external_id}/{capture_id}"
    return (of_one, of_several) if len(found.capture_ids) == 1 else (of_several, of_one)


def credit_left(moved: Iterable[CreditMoved], payment_id: int) -> int:
    """How many cents of a customer's credit came of this payment and are still there, of all movements, the first one
    first: what came first is used first, and what an order gives back is what it used.
    """
    return credit_origins(moved).get(payment_id, 0)


def credit_origins(moved: Iterable[CreditMoved]) -> dict[int | None, int]:
    """Of which payments the credit came that is still there, each with its cents, the earliest first; None: nobody
    knows any more.
    """
    there: list[tuple[int | None, int]] = []  # whose, and how much
    used: dict[tuple[str, int], list[tuple[int | None, int]]] = defaultdict(list)  # by what used it
    for one in moved:
        if one.cents > 0 and one.payment_id is None:
            used[one.cause], back = _taken(used[one.cause], one.cents)
            there = back + there + [(None, one.cents - sum(cents for _whose, cents in back))]
        elif one.cents > 0:
            there.append((one.payment_id, one.cents))
        elif one.payment_id is None:
            there, taken = _taken(there, -one.cents)
            used[one.cause] += taken
        else:
            left, taken = _taken(there, -one.cents, of=one.payment_id)
            # What is not there of it any more was taken of the rest.
            there, _rest = _taken(left, -one.cents - sum(cents for _whose, cents in taken))
    origins: dict[int | None, int] = defaultdict(int)
    for whose, cents in there:
        origins[whose] += cents
    return dict(origins)


def _taken(
    there: Sequence[tuple[int | None, int]], wanted: int, of: int | None = None
) -> tuple[list[tuple[int | None, int]], list[tuple[int | None, int]]]:
    """What is left, and what was taken, the first first; only what came of this payment, if one is named."""
    left, taken = [], []
    for whose, cents in there:
        part = min(cents, wanted) if of in (None, whose) else 0
        wanted -= part
        if part:
            taken.append((whose, part))
        if cents > part:
            left.append((whose, cents - part))
    return left, taken
