"""When a verification is news, and when one is missing."""

import datetime
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

# One runs every night; a night may be missed by a few hours.
STALE_AFTER = datetime.timedelta(hours=36)
FAULTS_KEPT = 100

Trouble = Literal["", "faults", "stale"]
Area = Literal["table", "customer", "ticket", "work", "other"]

_AREAS: tuple[tuple[str, Area], ...] = (
    (r"customer (\d+)\b", "customer"),
    (r"ticket (\d+):", "ticket"),
    (r"sessions \d+ and (\d+):", "work"),
    (r"lot (\d+):", "other"),
    (r"\w+: a trigger", "table"),
)
# What changes from night to night although the fault is the same: where a journal ends, and the values compared.
_PASSING = re.compile(r", line \d+| \([^()]*\)$")


@dataclass(slots=True)
class Findings:
    """What a verification has read and found by now: of the faults the first sentences, a count and a digest."""

    records: int = 0
    fault_count: int = 0
    faults: list[str] = field(default_factory=list)
    sum_of_digests: int = 0

    def add(self, records: int, faults: Iterable[str]) -> None:
        self.records += records
        for fault in faults:
            self.fault_count += 1
            if len(self.faults) < FAULTS_KEPT:
                self.faults.append(fault)
            lasting = _PASSING.sub("", fault)
            self.sum_of_digests += int(hashlib.sha256(lasting.encode()).hexdigest(), 16)

    @property
    def digest(self) -> str:
        """The same for the same faults in any order; empty without any."""
        return f"{self.sum_of_digests % 2**256:064x}" if self.fault_count else ""


def area_of(fault: str) -> tuple[Area, int | None]:
    """What kind of record a fault is about, and its number."""
    for pattern, area in _AREAS:
        found = re.match(pattern, fault)
        if found:
            return area, int(found[1]) if found.groups() else None
    return "other", None


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
