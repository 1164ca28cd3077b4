import datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from carnet.jobs import actions as jobs
from carnet.jobs.models import Job, Schedule
from carnet.jobs.worker import CRASHED, Worker
from carnet.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _only_what_the_test_enqueues(monkeypatch):
    """The apps' own periodic work is tested where it is declared."""
    monkeypatch.setattr("carnet.jobs.schedule.declared", lambda: {"tests.jobs.chores.tick": _tick()})


def _tick():
    from carnet.jobs.declare import Every
    from tests.jobs import chores

    return Every(chores.tick, 3600)


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def others() -> list[Job]:
    return list(Job.objects.exclude(name="tests.jobs.chores.tick").order_by("id"))


def test_what_is_due_is_run_with_its_arguments(tmp_path):
    notes = tmp_path / "notes"
    for word in ("one", "two"):
        jobs.enqueue("tests.jobs.chores.note", key=None, at=clock.now(), path=str(notes), word=word)
    later = clock.now() + datetime.timedelta(hours=1)
    jobs.enqueue("tests.jobs.chores.note", key=None, at=clock.now(), run_after=later, path=str(notes), word="three")
    assert Worker().run_due() == 3  # with the periodic one
    assert lines(notes) == ["one", "two"]
    assert [job.state for job in others()] == ["done", "done", "waiting"]


def test_a_clock_put_forward_is_seen(tmp_path):
    later = clock.now() + datetime.timedelta(hours=1)
    jobs.enqueue("tests.jobs.chores.note", key=None, at=clock.now(), run_after=later, path=str(tmp_path / "notes"))
    worker = Worker()
    worker.run_due()
    clock.put_forward(3601)
    assert worker.run_due() == 2
    assert lines(tmp_path / "notes") == ["done"]


def test_a_task_that_fails_is_tried_again_and_then_has_failed(tmp_path):
    jobs.enqueue("tests.jobs.chores.fail", key=None, at=clock.now(), path=str(tmp_path / "notes"))
    worker = Worker()
    seen = []
    for _ in range(5):
        worker.run_due()
        clock.put_forward(7 * 3600)
        seen.append(others()[0].state)
    assert seen == ["waiting", "waiting", "failed", "failed", "failed"]
    assert lines(tmp_path / "notes") == ["tried"] * 3
    job = others()[0]
    assert job.attempts == 3
    assert job.last_error.splitlines()[-1] == "RuntimeError: as it must"


def test_a_task_that_is_gone_is_an_error_of_its_job_alone(tmp_path):
    job = jobs.enqueue("tests.jobs.chores.note", key=None, at=clock.now(), path=str(tmp_path / "notes"))
    Job.objects.filter(pk=job.pk).update(name="tests.jobs.chores.gone")
    jobs.enqueue("tests.jobs.chores.note", key=None, at=clock.now(), path=str(tmp_path / "notes"))
    Worker().run_due()
    assert [job.state for job in others()] == ["waiting", "done"]
    assert "gone" in others()[0].last_error


def test_a_job_that_kills_every_worker_has_failed_in_the_end(tmp_path):
    job = jobs.enqueue("tests.jobs.chores.note", key=None, at=clock.now(), path=str(tmp_path / "notes"))
    # As a worker leaves it that was killed during the last attempt.
    Job.objects.filter(pk=job.pk).update(state="running", attempts=8, lease_token="dead", due_at=clock.now())
    Worker().run_due()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.last_error) == ("failed", 8, CRASHED)
    assert lines(tmp_path / "notes") == []


def test_a_job_taken_over_meanwhile_is_not_ended_twice(tmp_path, monkeypatch, caplog):
    job = jobs.enqueue("tests.jobs.chores.note", key=None, at=clock.now(), path=str(tmp_path / "notes"))

    def steal(path: str, word: str = "done") -> None:
        Job.objects.filter(pk=job.pk).update(lease_token="another worker's")

    from tests.jobs import chores

    monkeypatch.setattr(chores, "note", type("Stolen", (), {"call": staticmethod(steal)}))
    Worker().run_due()
    job.refresh_from_db()
    assert (job.state, job.lease_token) == ("running", "another worker's")
    assert f"Job {job.pk} (tests.jobs.chores.note) was taken over by another worker meanwhile." in caplog.messages


def test_what_is_asked_for_again_while_it_runs_runs_again(tmp_path):
    path = str(tmp_path / "notes")
    jobs.enqueue("tests.jobs.chores.ask_again", key="mine", at=clock.now(), path=path, mine="mine")
    Worker().run_due()
    assert lines(tmp_path / "notes") == ["done", "done"]
    assert [(job.state, job.again) for job in others()] == [("done", False)]


def test_the_schedule_is_adopted_and_served():
    Worker().run_due()
    assert Schedule.objects.get().name == "tests.jobs.chores.tick"
    assert Job.objects.get().state == "done"


def test_the_loop_survives_what_it_did_not_expect(monkeypatch, caplog):
    worker = Worker()

    def broken(**_: object) -> None:
        worker.stop.set()
        raise RuntimeError("the database is away")

    monkeypatch.setattr("carnet.jobs.leases.claim", broken)
    monkeypatch.setattr("carnet.jobs.worker.connections.close_all", lambda: None)
    worker.run()
    assert "The worker could not look for work." in caplog.messages


def test_the_command_runs_once(tmp_path, capsys):
    jobs.enqueue("tests.jobs.chores.note", key=None, at=clock.now(), path=str(tmp_path / "notes"))
    call_command("work", "--once")
    assert capsys.readouterr().out == "2 jobs\n"
    assert lines(tmp_path / "notes") == ["done"]
