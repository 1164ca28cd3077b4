"""The only reader of the clock. A demo's clock can be put forward, so that 15 minutes can be seen without waiting."""

import datetime
import os
import tempfile

from django.conf import settings


def now() -> datetime.datetime:
    """The present instant, aware, in UTC. In demo and tests: plus the seconds by which the clock was put forward."""
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=ahead_seconds())


def ahead_seconds() -> int:
    """By how many seconds the clock was put forward; always 0 on a live site."""
    if settings.CLOCK_FILE is None:
        return 0
    try:
        return int(settings.CLOCK_FILE.read_text("ascii") or 0)
    except FileNotFoundError:
        return 0


def put_forward(seconds: int) -> int:
    """Put the demo's clock forward and return by how many seconds it is ahead. It never goes back."""
    if settings.CLOCK_FILE is None:
        raise ValueError("The clock of a live site can't be put forward.")
    if seconds < 0:
        raise ValueError("The clock never goes back.")
    ahead = ahead_seconds() + seconds
    # Written beside and renamed: another process never reads half a number.
    descriptor, name = tempfile.mkstemp(dir=settings.CLOCK_FILE.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(str(ahead))
    os.replace(name, settings.CLOCK_FILE)
    return ahead
