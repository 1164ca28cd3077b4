"""Workers as they really run: processes that are stopped, killed and started again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from carnet.jobs import actions as jobs
from carnet.jobs.models import Job
from carnet.kernel import clock
from tests.factories.processes import ROOT, database_url

pytestmark = pytest.mark.django_db(transaction=True)


@contextlib.contextmanager
def worker(folder: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on the test's database, with the test's clock."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "CARNET_TEST_VAR": str(folder),
        "CARNET_LOG_LEVEL": "CRITICAL",
    }
    process = subprocess.Popen([sys.executable, "manage.py", "work", *options], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def own() -> list[Job]:
    return list(Job.objects.filter(name__startswith="tests.").order_by("id"))


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing(tmp_path):
    jobs.enqueue("tests.jobs.chores.die_once", key="die", at=clock.now(), folder=str(tmp_path))
    with worker(tmp_path) as killed:
        assert killed.wait(timeout=300) == -signal.SIGKILL
    assert [(job.state, job.attempts) for job in own()] == [("running", 1)]
    with worker(tmp_path) as heir:
        clock.put_forward(61)  # the lease ends
        until(lambda: own()[0].state == "done")
        heir.terminate()
        assert heir.wait(timeout=300) == 0
    assert lines(tmp_path / "notes") == ["begun", "begun", "ended"]
    assert own()[0].attempts == 2


def test_a_worker_told_to_stop_finishes_its_job_first(tmp_path):
    jobs.enqueue("tests.jobs.chores.wait_for", key=None, at=clock.now(), folder=str(tmp_path))
    with worker(tmp_path) as process:
        until((tmp_path / "started").exists)
        jobs.enqueue("tests.jobs.chores.note", key=None, at=clock.now(), path=str(tmp_path / "other"))
        process.terminate()
        (tmp_path / "end").touch()
        assert process.wait(timeout=300) == 0
    assert lines(tmp_path / "notes") == ["done"]
    # What waits is left for the next one.
    assert [job.state for job in own()] == ["done", "waiting"]
    assert lines(tmp_path / "other") == []


def test_a_heartbeat_keeps_a_long_job_from_a_second_worker(tmp_path):
    jobs.enqueue("tests.jobs.chores.wait_for", key=None, at=clock.now(), folder=str(tmp_path))
    with worker(tmp_path, "--lease-seconds", "1") as first:
        until((tmp_path / "started").exists)
        begun = own()[0]
        # Two leases on: only a heartbeat can have brought it here.
        until(lambda: (own()[0].due_at - begun.due_at).total_seconds() > 2)
        with worker(tmp_path, "--once") as second:
            assert second.wait(timeout=300) == 0
        (tmp_path / "end").touch()
        until(lambda: own()[0].state == "done")
        first.terminate()
        assert first.wait(timeout=300) == 0
    assert lines(tmp_path / "notes") == ["done"]
    assert own()[0].attempts == 1


def test_two_workers_never_run_one_job_twice(tmp_path):
    notes = tmp_path / "notes"
    for number in range(60):
        jobs.enqueue("tests.jobs.chores.note", key=f"n{number}", at=clock.now(), path=str(notes), word=str(number))
    with worker(tmp_path, "--once") as one, worker(tmp_path, "--once") as two:
        assert (one.wait(timeout=300), two.wait(timeout=300)) == (0, 0)
    assert Counter(lines(notes)) == Counter(str(number) for number in range(60))
    assert {(job.state, job.attempts) for job in own()} == {("done", 1)}
