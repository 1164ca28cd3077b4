"""Stopping an action between its statements: wherever something new may have been written, and at some other places.

After a statement that only reads, a break finds what the break before it found. Of those places a tenth is taken, by
CARNET_SEED, which bin/test prints; CARNET_ALL=1 takes them all.
"""

import os
import random
import signal
from collections.abc import Callable
from typing import Any, NoReturn

from django.db import connection, connections, transaction

SEED = os.environ.get("CARNET_SEED", "0")
EVERYWHERE = bool(os.environ.get("CARNET_ALL"))


class Broken(Exception):
    pass


def break_off() -> NoReturn:
    raise Broken


class StopFrom:
    """For `connection.execute_wrapper`: lets `first` statements through, and stops at the next place that is taken.
    Also between those which PostgreSQL gets in one message: the first of them are carried out, the others are not.

    `passed` counts the statements that were carried out.
    """

    def __init__(self, first: int, stop: Callable[[], NoReturn] = break_off) -> None:
        self.first = first
        self.stop = stop
        self.passed = 0
        self.last = ""

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        statements = sql.split("; ")
        for count, statement in enumerate(statements):
            if self.passed + count >= self.first and is_taken(self.passed + count, self.last):
                if count:
                    before = "; ".join(statements[:count])
                    execute(before, params[: before.count("%s")], many, context)
                self.passed += count
                self.stop()
            self.last = statement
        self.passed += len(statements)
        return execute(sql, params, many, context)


def is_taken(place: int, statement_before: str) -> bool:
    wrote = not statement_before.lstrip().upper().startswith("SELECT")
    return wrote or EVERYWHERE or random.Random(f"{SEED} {place}").random() < 0.1


def break_everywhere(act: Callable[[], Any], state: Callable[[], Any]) -> int:
    """Break `act` off at one place after the other until it goes through; each time the state must be as if it had not
    begun. How many statements it has.
    """
    before, first = state(), 0
    while True:
        stop = StopFrom(first)
        try:
            with connection.execute_wrapper(stop):
                act()
        except Broken:
            assert state() == before
            first = stop.passed + 1
        else:
            return stop.passed


def kill_everywhere(act: Callable[[], Any], state: Callable[[], Any]) -> tuple[int, bool]:
    """Have processes begin `act`, and kill each at a later place than the last, until one has committed. How many
    statements it has, and whether `act` then changes nothing more. To be called in a process of its own.
    """
    before, first = state(), 0
    while state() == before:
        connections.close_all()
        told, tell = os.pipe()
        child = os.fork()
        if not child:
            _killed_from(first, act, tell)
        os.close(tell)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), status
        with os.fdopen(told) as place:
            first = int(place.read()) + 1
    after = state()
    act()
    return first - 1, state() == after


def _killed_from(first: int, act: Callable[[], Any], tell: int) -> NoReturn:
    def die() -> NoReturn:
        os.write(tell, str(stop.passed).encode())
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    stop = StopFrom(first, die)
    with connection.execute_wrapper(stop), transaction.atomic():
        act()
        if stop.passed >= first:
            die()  # all was said, and nothing committed
    die()  # it was committed, and nobody was told
