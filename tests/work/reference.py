"""What a ticket costs, told second by second from docs/rules.md, apart from the rules that the program carries out.

One ticket of one customer with free minutes, tokens and one pack of hours that nothing was taken from before.
"""

from dataclasses import dataclass, field

TOKEN = 30  # minutes


@dataclass
class Reckoning:
    """The second of work that comes next is free, paid or offered; what it takes is taken when it comes."""

    free_minutes: int = 0
    tokens: int = 0  # that the customer has, still to be taken
    minutes: int = 0
    tokens_agreed: int = 0  # in all, without asking again (T4)
    minutes_agreed: int = 0  # (H4)
    minutes_first: bool = False
    tokens_taken: int = 0
    minutes_taken: int = 0
    least: int = 0  # H1
    is_waiting: bool = False
    free_seconds: int = 0
    paid_seconds: int = 0
    offered_seconds: int = 0
    last_paid_by: str = field(default="", init=False)

    def open(self) -> None:
        if not self.free_minutes and not self._take():
            self.is_waiting = True

    def work(self, seconds: int) -> None:
        for _ in range(seconds):
            if not self.is_waiting and self._room() == 0 and not self._take():
                self.is_waiting = True
            if self.is_waiting:
                self.offered_seconds += 1
            elif self.free_seconds < self.free_minutes * 60:
                self.free_seconds += 1
            else:
                self.paid_seconds += 1

    def agree(self, unit: str, upto: int) -> None:
        """T4: more may be taken; what waits takes it now, what was worked meanwhile stays offered."""
        if unit == "tokens":
            self.tokens_agreed = max(self.tokens_agreed, upto)
        else:
            self.minutes_agreed = max(self.minutes_agreed, upto)
        if self.is_waiting:
            self.last_paid_by = unit
            self.is_waiting = not self._take()

    def _room(self) -> int:
        held = self.free_minutes + self.tokens_taken * TOKEN + self.minutes_taken
        return held * 60 - self.free_seconds - self.paid_seconds

    def _take(self) -> bool:
        minutes_first = self.last_paid_by == "minutes" or (not self.last_paid_by and self.minutes_first)
        return any([self._take_minutes, self._take_token][index]() for index in ((0, 1) if minutes_first else (1, 0)))

    def _take_token(self) -> bool:
        if not self.tokens or self.tokens_taken >= self.tokens_agreed:
            return False
        self.tokens, self.tokens_taken, self.last_paid_by = self.tokens - 1, self.tokens_taken + 1, "tokens"
        return True

    def _take_minutes(self) -> bool:
        """H4: 30 at first, then 15 at a time, or what there is; H1: the first 30 of the pack are not divided."""
        wanted = 15 if self.minutes_taken else 30
        wanted = min(wanted, self.minutes_agreed - self.minutes_taken, self.minutes)
        if wanted <= 0:
            return False
        if not self.minutes_taken and not self.tokens_taken:
            self.least = min(30, wanted)
        self.minutes, self.minutes_taken, self.last_paid_by = (
            self.minutes - wanted,
            self.minutes_taken + wanted,
            "minutes",
        )
        return True

    def price(self) -> tuple[int, int, int]:
        """Free minutes, tokens, minutes (T2, H1, H2, H5, F1)."""
        free, whole = self.free_seconds // 60, self.paid_seconds // 60
        tokens = minutes = 0
        if self.tokens_taken and self.minutes_taken:  # H5
            while tokens < self.tokens_taken and (tokens + 1) * TOKEN <= whole:
                tokens += 1
            minutes = whole - tokens * TOKEN
            if minutes > self.minutes_taken:
                tokens, minutes = tokens + 1, 0
        elif self.paid_seconds and self.tokens_taken:
            tokens = 1
            while tokens * TOKEN < whole:
                tokens += 1
        elif self.paid_seconds:
            minutes = max(self.least, whole)
        return free, tokens, minutes
