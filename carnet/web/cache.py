"""The cache that the limits on sign-in count in: nothing is pushed out of it, and a database that fails says so."""

import base64
import datetime
import pickle
import random
from typing import Any

from django.core.cache.backends import base, db
from django.db import connections, router

# Of so many writes one clears away what has expired.
CLEARED_ONE_IN = 100


class LimitsCache(db.DatabaseCache):
    """Django's cache in the database, with another way to write.

    Django's drops entries that still count once there are many, so that wrong sign-ins for others make room for more
    guesses at one account; and it keeps silent when the database can't write, which looks as if somebody had tried too
    often. Here only what has expired goes, and a failure is raised. The table has no index on the time, but is as small
    as the five minutes of the longest limit.
    """

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = base.DEFAULT_TIMEOUT) -> bool:
        connection = connections[router.db_for_write(self.cache_model_class)]
        table = connection.ops.quote_name(self._table)  # type: ignore[attr-defined]
        # The real time, as in the rest of Django's cache: a demo's clock that is put forward ends no limit.
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)  # noqa: TID251
        ends = self.get_backend_timeout(timeout)
        expires = datetime.datetime.fromtimestamp(ends, datetime.UTC) if ends is not None else now.replace(year=9999)
        at, until = (connection.ops.adapt_datetimefield_value(one.replace(microsecond=0)) for one in (now, expires))
        with connection.cursor() as cursor:
            if mode == "touch":
                cursor.execute(f"UPDATE {table} SET expires = %s WHERE cache_key = %s", [until, key])
                return bool(cursor.rowcount)
            if random.randrange(CLEARED_ONE_IN) == 0:
                cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [at])
            content = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("latin1")
            written = (
                f"INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s) "
                "ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires"
            )
            values = [key, content, until]
            if mode == "add":  # not over one that still counts
                written, values = f"{written} WHERE {table}.expires < %s", [*values, at]
            cursor.execute(written, values)
            return bool(cursor.rowcount)
