"""What a ticket costs (T2, T8, T10, T14, H1–H5, F1–F3). Pure; cut down to whole minutes in the customer's favour."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from carnet.ledger.rules import Unit
from carnet.work.rules.time_worked import whole_minutes

IndivisiblePer = Literal["lot", "ticket"]  # ⚙ indivisible_per


INDIVISIBLE_MINUTES = 30  # H1


class FreeSplit(NamedTuple):
    """What free minutes pay of a ticket (F2), and the seconds that are left for tokens or minutes."""

    free_minutes_spent: int
    seconds_left: int


@dataclass(frozen=True, slots=True)
class Price:
    """What a ticket costs, in whole units of each kind."""

    free_minutes: int = 0
    tokens: int = 0
    minutes: int = 0


def price_in_tokens(seconds: int, token_minutes: int = 30) -> int:
    """T2: the price of so many charged seconds: 0 for none, else ⌈whole minutes / token_minutes⌉ and at least 1."""
    minutes = whole_minutes(seconds)
    return max(1, -(-minutes // token_minutes)) if seconds else 0


def price_in_minutes(seconds: int) -> int:
    """H2: the price of `seconds` of charged work in minutes, before the indivisible part of a lot (H1) is looked at."""
    return whole_minutes(seconds)


def split_free(seconds: int, free_seconds: int) -> FreeSplit:
    """F1–F3: how much of `seconds` the free time of this ticket pays, and the rest.

    Free time is reserved in whole minutes and is used up to its last second before anything else is; what is spent of
    it is cut down to whole minutes, the started one is released. So 9:40 of 15:00 spend 9; 6:40 of 6:00 spend 6 and
    leave 40 seconds, which are a chargeable rest and cost a token (T2). The rest is a fresh count (F3): nothing of the
    free time counts towards the token.
    """
    whole_minutes(seconds)
    free = min(seconds, free_seconds)
    return FreeSplit(whole_minutes(free), seconds - free)


def price_of_ticket(
    seconds: int,
    *,
    free_seconds: int = 0,
    unit: Unit | None = None,
    token_minutes: int = 30,
    tokens_held: int = 0,
    minutes_held: int = 0,
    least_minutes: int = 0,
) -> Price:
    """T2, H1, H2, H5, F1–F3: the price of a ticket of W = `seconds`: its free time first, the rest in `unit`.

    `unit` minute: to the minute, and `least_minutes` at least once a second was charged (H1, see `indivisible`). With
    `tokens_held` as well units are mixed by consent, see `price_mixed`. `unit` None: nothing but free time pays. Then
    more work than it covers is a mistake, ValueError, because `meter` would have offered it. A ticket under a
    subscription has no price and is not asked about here (S1).
    """
    free_minutes_spent, rest = split_free(seconds, free_seconds)
    if unit == "token":
        return Price(free_minutes_spent, tokens=price_in_tokens(rest, token_minutes))
    if unit == "minute" and tokens_held:
        tokens, minutes = price_mixed(rest, tokens_held, minutes_held, token_minutes)
        return Price(free_minutes_spent, tokens, minutes)
    if unit == "minute":
        return Price(free_minutes_spent, minutes=max(least_minutes, price_in_minutes(rest)) if rest else 0)
    if rest:
        raise ValueError(f"nothing pays for {rest} seconds")
    return Price(free_minutes_spent)


def price_mixed(seconds: int, tokens_held: int, minutes_held: int, token_minutes: int = 30) -> tuple[int, int]:
    """H5: tokens and minutes for `seconds`, whatever was reserved first: tokens cover their minutes in full, the rest
    runs in minutes if there are as many, else one more token covers it. H1 is considered used.
    """
    tokens = min(tokens_held, whole_minutes(seconds) // token_minutes)
    minutes = whole_minutes(seconds) - tokens * token_minutes
    return (tokens, minutes) if minutes <= minutes_held else (tokens + 1, 0)


def indivisible(first_reserved: int, of_first_lot: int, *, is_first_on_lot: bool, per: IndivisiblePer = "lot") -> int:
    """H1: the minutes that a ticket costs at least, from what its first reservation took: 30, or what it could.

    ⚙ indivisible_per lot: only the first ticket on a pack of hours, and at most what that pack gave it
    (`of_first_lot`); whether it is first (`is_first_on_lot`) is decided when it reserves, so that the price of one that
    is open already never changes. ⚙ ticket: every ticket.
    """
    if per == "ticket":
        return min(INDIVISIBLE_MINUTES, first_reserved)
    return min(INDIVISIBLE_MINUTES, of_first_lot) if is_first_on_lot else 0


def price_after_correction(price_at_closing: int, price_now: int) -> int:
    """T14: the price once time of a closed ticket was changed: more is offered, less is given back."""
    return min(price_at_closing, price_now)


def paid_seconds(*, free_minutes: int = 0, tokens: int = 0, minutes: int = 0, token_minutes: int = 30) -> int:
    """T4, F2, H4: the seconds of work that these reserved units pay for."""
    return (free_minutes + tokens * token_minutes + minutes) * 60
