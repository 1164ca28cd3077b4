"""Tasks for the tests of workers. What they did is seen in files, by other processes too."""

import os
import signal
import time
from pathlib import Path

from carnet.jobs import actions
from carnet.jobs.declare import task
from carnet.kernel import clock


@task
def note(path: str, word: str = "done") -> None:
    with open(path, "a") as file:
        file.write(f"{word}\n")


@task(max_attempts=3)
def fail(path: str) -> None:
    note.call(path, "tried")
    raise RuntimeError("as it must")


@task
def wait_for(folder: str) -> None:
    """Says that it has started, then waits until it may end."""
    (Path(folder) / "started").touch()
    while not (Path(folder) / "end").exists():
        time.sleep(0.01)
    note.call(f"{folder}/notes", "done")


@task
def die_once(folder: str) -> None:
    note.call(f"{folder}/notes", "begun")
    if not (Path(folder) / "died").exists():
        (Path(folder) / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    note.call(f"{folder}/notes", "ended")


@task
def ask_again(path: str, mine: str) -> None:
    """On its first run it is asked for again, as somebody else may do at any moment."""
    note.call(path)
    if len(Path(path).read_text().splitlines()) == 1:
        actions.enqueue("tests.jobs.chores.ask_again", key=mine, at=clock.now(), path=path, mine=mine)


def no_task() -> None:
    """Only a function."""


@task
def tick() -> None:
    """Periodic work."""


@task
def tock() -> None:
    """Other periodic work."""
