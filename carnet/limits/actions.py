import datetime

from django.db import connection

from carnet.limits import queries
from carnet.limits.models import Count
from carnet.limits.rules import Limit

# In one statement, so that of many at once each is counted.
COUNT = """
INSERT INTO limits_count (name, whom, ends_at, used) VALUES (%s, %s, %s, %s)
ON CONFLICT (name, whom, ends_at) DO UPDATE SET used = limits_count.used + excluded.used
RETURNING used
"""


def spend(limit: Limit, whom: str, *, at: datetime.datetime, amount: int = 1) -> bool:
    """Count what somebody does at `at`; False if it is more than the limit lets pass.

    Counted in the caller's transaction: who refuses then and rolls back has used nothing. `whom` is an address, a
    person, a mark …; it is stored as a digest.
    """
    ends_at = connection.ops.adapt_datetimefield_value(limit.ends_at(at))
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [limit.name, queries.digest_of(whom), ends_at, amount])
        used: int = cursor.fetchone()[0]
    return used <= limit.most


def purge_counts(*, at: datetime.datetime) -> int:
    """Delete what was counted in spans that have ended; returns how many rows."""
    return Count.objects.filter(ends_at__lte=at).delete()[0]
