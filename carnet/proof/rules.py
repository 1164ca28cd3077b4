"""What a fault is, when a verification is news, and when one is missing."""

import datetime
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

# One runs every night; a night may be missed by a few hours.
STALE_AFTER = datetime.timedelta(hours=36)
FAULTS_KEPT = 100

Trouble = Literal["", "faults", "stale"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not agree: which check found it, what kind of record it is about (`subject`) and which one
    (None: all of them together), what is wrong (`code`), and the values that say so: numbers and texts, no names.

    `proof.shown` words it.
    """

    check: str
    subject: str
    id: int | str | None
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def lasting(self) -> str:
        """What stays from night to night although the journal goes on."""
        return f"{self.check}\n{self.subject}\n{self.id}\n{self.code}"

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


# What a check yields, portion by portion: how many records it read, and what is wrong with them.
Found = tuple[int, list[Fault]]


@dataclass(slots=True)
class Findings:
    """What a verification has read and found by now: the first faults, a count and a digest of all."""

    records: int = 0
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list)
    faulty_checks: set[str] = field(default_factory=set)
    sum_of_digests: int = 0

    def add(self, records: int, faults: Iterable[Fault]) -> None:
        self.records += records
        for fault in faults:
            self.fault_count += 1
            self.faulty_checks.add(fault.check)
            if len(self.faults) < FAULTS_KEPT:
                self.faults.append(fault)
            self.sum_of_digests += int(hashlib.sha256(fault.lasting.encode()).hexdigest(), 16)

    @property
    def digest(self) -> str:
        """The same for the same faults in any order; empty without any."""
        return f"{self.sum_of_digests % 2**256:064x}" if self.fault_count else ""


def is_news(fault_digest: str, *, told_digest: str) -> bool:
    """Whether faults are told by mail: not the same ones again that were told last, unless all agreed since."""
    return fault_digest not in ("", told_digest)


def trouble(
    at: datetime.datetime, *, last_ended_at: datetime.datetime | None, fault_count: int, since: datetime.datetime
) -> Trouble:
    """What the owner must know at `at`: that the last run found faults, or that none has ended for too long; `since`
    then is when the site began, if there was none yet.
    """
    if fault_count:
        return "faults"
    return "stale" if at - (last_ended_at or since) > STALE_AFTER else ""
