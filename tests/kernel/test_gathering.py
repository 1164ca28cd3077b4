"""Rows of several actions, stored together."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from carnet.audit import actions as audit
from carnet.audit.models import Entry
from carnet.books import actions as books
from carnet.books.models import Line
from carnet.jobs import actions as jobs
from carnet.jobs.models import Job
from carnet.kernel.gathering import gathered
from tests.books.entries import money
from tests.factories.ledger import TEST, moment

AT = moment("2027-03-05 12:00")


def note(code):
    audit.record(code, by=TEST, at=AT)


@pytest.mark.django_db
def test_rows_are_stored_at_the_end_of_the_outermost_block_each_kind_at_once():
    with CaptureQueriesContext(connection) as asked, gathered():
        note("test.first")
        with gathered():
            books.write_lines(entries=[money(document="")], by=TEST, at=AT)
            note("test.second")
            books.write_lines(entries=[money(document=""), money(document="")], by=TEST, at=AT)
        jobs.enqueue("tests.jobs.chores.tick", key="one", at=AT)
        jobs.enqueue("tests.jobs.chores.tick", key="one", at=AT)
        jobs.enqueue("tests.jobs.chores.tick", key=None, at=AT)
        assert not Entry.objects.exists()
    assert list(Line.objects.order_by("id").values_list("sequence", flat=True)) == [1, 2, 3]
    codes = list(Entry.objects.order_by("id").values_list("code", flat=True))
    assert codes == ["test.first", "test.second", "books.written"]
    assert sorted(Job.objects.values_list("key", flat=True), key=str) == [None, "one"]
    stored = [one["sql"].replace('"', "") for one in asked if "INSERT INTO" in one["sql"]]
    assert [sum(f"INTO {table}" in sql for sql in stored) for table in ("books_line", "jobs_job")] == [1, 1]


@transaction.atomic
@gathered()
def lose():
    note("test.lost")
    raise KeyError


@pytest.mark.django_db
def test_what_breaks_off_stores_nothing_and_the_next_is_stored_at_once():
    with pytest.raises(KeyError):
        lose()
    note("test.kept")
    assert [entry.code for entry in Entry.objects.all()] == ["test.kept"]


@pytest.mark.django_db
def test_where_nothing_is_written_nothing_is_stored():
    with gathered():
        books.lock()
    assert not Entry.objects.exists()
