"""Stopping an action between any two of its statements."""

import os
import signal
from collections.abc import Callable
from typing import Any, NoReturn

from django.db import connection, connections, transaction


class Broken(Exception):
    pass


def break_off() -> NoReturn:
    raise Broken


class StopAfter:
    """For `connection.execute_wrapper`: lets so many statements through, then stops. Also between those which
    PostgreSQL gets in one message: the first of them are carried out, the others are not.
    """

    def __init__(self, count: int, stop: Callable[[], NoReturn] = break_off) -> None:
        self.left = count
        self.stop = stop

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        statements = sql.split("; ")
        if self.left >= len(statements):
            self.left -= len(statements)
            return execute(sql, params, many, context)
        if self.left:
            before = "; ".join(statements[: self.left])
            execute(before, params[: before.count("%s")], many, context)
        return self.stop()


def break_everywhere(act: Callable[[], Any], state: Callable[[], Any]) -> int:
    """Break `act` off before its first statement, its second, and so on, until it goes through; each time before the
    state must be as if it had not begun. How many statements it has.
    """
    before, count = state(), 0
    while True:
        try:
            with connection.execute_wrapper(StopAfter(count)):
                act()
        except Broken:
            assert state() == before
            count += 1
        else:
            return count


def kill_everywhere(act: Callable[[], Any], state: Callable[[], Any]) -> tuple[int, bool]:
    """Have processes begin `act`, and kill each one statement later than the last, until one has committed. How many it
    took, and whether `act` then changes nothing more. To be called in a process of its own.
    """
    before, statements = state(), 0
    while state() == before:
        connections.close_all()
        child = os.fork()
        if not child:
            _killed_after(statements, act)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), status
        statements += 1
    after = state()
    act()
    return statements, state() == after


def _killed_after(statements: int, act: Callable[[], Any]) -> NoReturn:
    stop = StopAfter(statements, _die)
    with connection.execute_wrapper(stop), transaction.atomic():
        act()
        if not stop.left:
            _die()  # all was said, and nothing committed
    _die()  # it was committed, and nobody was told


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
