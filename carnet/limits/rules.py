"""A limit as a value: how many, in which time."""

import datetime
from dataclasses import dataclass

HOUR = 3600
DAY = 24 * HOUR
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` of something within each span of `seconds`. Spans follow each other from 1970 on, so that one row
    counts a span; two of them side by side may let twice as much pass, which a limit against abuse can bear.
    """

    name: str
    most: int
    seconds: int

    def ends_at(self, at: datetime.datetime) -> datetime.datetime:
        """When the span ends in which `at` lies."""
        span = datetime.timedelta(seconds=self.seconds)
        return _EPOCH + ((at - _EPOCH) // span + 1) * span
