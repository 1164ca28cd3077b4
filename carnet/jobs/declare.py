"""What an app's `tasks.py` needs: `task`, `each`, and `Every` and `Daily` for its list `SCHEDULE`."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar, overload

P = ParamSpec("P")
Row = TypeVar("Row")
MAX_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Task(Generic[P]):
    """A function of a module that workers may run: `call` runs it now, `jobs.enqueue` has a worker run it.

    After `max_attempts` it counts as failed. What it returns is kept nowhere: its result is what it wrote.
    """

    call: Callable[P, None]
    max_attempts: int = MAX_ATTEMPTS

    @property
    def name(self) -> str:
        """The dotted name by which it is enqueued."""
        return f"{self.call.__module__}.{self.call.__qualname__}"


@overload
def task(call: Callable[P, None], /) -> Task[P]: ...
@overload
def task(*, max_attempts: int) -> Callable[[Callable[P, None]], Task[P]]: ...
def task(call: Any = None, /, *, max_attempts: int = MAX_ATTEMPTS) -> Any:
    """Makes a function of a module a task: `@task`, or `@task(max_attempts=40)`."""
    return partial(Task, max_attempts=max_attempts) if call is None else Task(call, max_attempts)


def each(rows: Iterable[Row], act: Callable[[Row], object]) -> None:
    """Do it for each row: one that breaks holds up none behind it, and is raised after them, so that it shows."""
    broken: Exception | None = None
    for row in rows:
        try:
            act(row)
        except Exception as error:  # noqa: BLE001 - raised below
            broken = broken or error
    if broken is not None:
        raise broken


@dataclass(frozen=True, slots=True)
class Every:
    """Runs `task` so many seconds after the last time; at once when it is new."""

    task: Task
    seconds: int


@dataclass(frozen=True, slots=True)
class Daily:
    """Runs `task` once on each date, when clocks in the provider's time zone show `at`; after a stop, once."""

    task: Task
    at: datetime.time
