"""A disk that is full and a database that is busy: what people are told, and what stays behind."""

import errno
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.test import Client

from carnet.files import actions as files
from carnet.files.models import StoredFile
from carnet.tickets.actions import questions
from carnet.tickets.models import FirstQuestion
from tests.factories.tickets import moment
from tests.files.contents import PNG
from tests.tickets.test_ask_first_question import ask, sent

on_real_transactions = pytest.mark.django_db(transaction=True)


def contents() -> list[Path]:
    return [path for path in Path(django_settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.fixture
def disk(monkeypatch):
    """A disk on which one file fits, and the beginning of a second one."""
    save: Any = FileSystemStorage._save  # type: ignore[attr-defined]
    stored: list[str] = []

    def until_full(self, name, content):
        if stored:
            path = Path(self.path(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"beginning")
            raise OSError(errno.ENOSPC, "No space left on device")
        stored.append(name)
        return save(self, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", until_full)


@on_real_transactions
def test_case_G8_nothing_of_an_upload_that_fails_stays(disk):
    two = [SimpleUploadedFile("a.png", PNG), SimpleUploadedFile("b.png", PNG)]
    answer = Client(raise_request_exception=False).post("/en/try/", sent(files=two))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "What you have just sent was not saved, not even in part." in answer.content.decode()
    assert (FirstQuestion.objects.count(), StoredFile.objects.count(), contents()) == (0, 0, [])


@on_real_transactions
def test_case_G8_nor_of_one_whose_rows_were_rolled_back():
    with transaction.atomic():
        files.store_file(upload=SimpleUploadedFile("a.png", PNG), at=moment())
        transaction.set_rollback(True)
    ask(uploads=[SimpleUploadedFile("b.png", PNG)])
    assert len(contents()) == 2
    Client().get("/en/")
    assert len(contents()) == 1
    assert Path(django_settings.MEDIA_ROOT, FirstQuestion.objects.get().files.get().file.content.name).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("database is locked"), 503),
        (OSError(errno.ENOSPC, "No space left on device"), 503),
        (OSError(errno.EACCES, "Permission denied"), 500),
        (ValueError("a mistake"), 500),
    ],
)
def test_case_G8_what_is_only_for_the_moment_says_so(monkeypatch, error, status):
    def fail(**_arguments):
        raise error

    monkeypatch.setattr(questions, "ask_first_question", fail)
    assert Client(raise_request_exception=False).post("/en/try/", sent()).status_code == status


@pytest.mark.django_db
def test_case_G8_a_session_that_cant_be_written_says_so_too(monkeypatch):
    def fail(*_arguments, **_more):
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", fail)
    assert Client(raise_request_exception=False).post("/en/try/", sent()).status_code == 503


def test_case_G8_a_page_waits_five_seconds_for_a_lock(monkeypatch):
    from carnet.settings import database_from

    monkeypatch.setenv("CARNET_DATABASE_WAIT", "5")
    options: Any = database_from("sqlite:////tmp/x.sqlite3")["OPTIONS"]
    assert options["timeout"] == 5
    assert database_from("postgresql://a@/b?host=/run/x")["OPTIONS"] == {"options": "-c lock_timeout=5s"}
    assert "CARNET_DATABASE_WAIT" in Path("carnet/wsgi.py").read_text()


@pytest.mark.django_db
def test_case_G11_only_its_user_reads_the_database(tmp_path):
    from carnet.kernel.sqlite.base import DatabaseWrapper

    old = tmp_path / "old.sqlite3"
    sqlite3.connect(old).execute("CREATE TABLE a (b)").connection.close()
    old.chmod(0o644)
    for path in (old, tmp_path / "new.sqlite3"):
        wrapper = DatabaseWrapper({**connection.settings_dict, "NAME": str(path), "OPTIONS": {}}, alias="other")
        wrapper.connect()
        wrapper.close()
        assert path.stat().st_mode & 0o777 == 0o600
