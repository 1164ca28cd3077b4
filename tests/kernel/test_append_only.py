import datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, models, transaction

from carnet.audit import actions as audit
from carnet.audit.actors import WORKER
from carnet.audit.models import Entry
from carnet.kernel import append_only

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


def entry(code: str = "test.written") -> Entry:
    return audit.record(code, by=WORKER, at=NOON, subject=("ticket", 12))


def refused(statement: str, *values: int) -> None:
    error = pytest.raises(DatabaseError, match=r"append-only table audit_entry: [A-Z]+ refused")
    with error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.django_db
def test_a_row_can_be_written_and_read():
    row = entry()
    assert Entry.objects.get() == row


@pytest.mark.django_db
def test_update_is_refused():
    row = entry()
    refused("UPDATE audit_entry SET code = 'other' WHERE id = %s", row.pk)
    with pytest.raises(DatabaseError, match="UPDATE refused"), transaction.atomic():
        Entry.objects.update(code="other")
    row.code = "other"
    with pytest.raises(DatabaseError, match="UPDATE refused"), transaction.atomic():
        row.save()
    assert Entry.objects.get().code == "test.written"


@pytest.mark.django_db
def test_delete_is_refused():
    row = entry()
    refused("DELETE FROM audit_entry WHERE id = %s", row.pk)
    refused("DELETE FROM audit_entry")
    with pytest.raises(DatabaseError, match="DELETE refused"), transaction.atomic():
        row.delete()
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_no_row_slips_into_the_place_of_another():
    row = entry()
    columns = [field.attname for field in Entry._meta.local_fields]
    chosen = ", ".join("'other'" if column == "code" else column for column in columns)
    copy = f"audit_entry ({', '.join(columns)}) SELECT {chosen} FROM audit_entry WHERE true"
    refused(f"INSERT INTO {copy} ON CONFLICT (id) DO UPDATE SET code = 'other'")
    if connection.vendor == "sqlite":
        # These delete the old row first, which triggers only see with recursive_triggers.
        refused(f"INSERT OR REPLACE INTO {copy}")
        refused(f"REPLACE INTO {copy}")
    assert Entry.objects.get().code == row.code


@pytest.mark.django_db
def test_emptying_the_table_is_refused():
    entry()
    refused("TRUNCATE audit_entry CASCADE" if connection.vendor == "postgresql" else "DELETE FROM audit_entry")
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_every_table_of_the_list_exists_and_is_protected():
    assert append_only.unprotected() == []
    assert len(append_only.TABLES) == len(set(append_only.TABLES))


@pytest.mark.django_db
@pytest.mark.parametrize("table", append_only.TABLES)
def test_a_dropped_trigger_is_found_and_put_back(table):
    for name in append_only._names(connection, table):
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {name}{on}")
        assert append_only.unprotected() == [table]
        append_only.install()
        assert append_only.unprotected() == []


@pytest.mark.django_db
def test_a_missing_table_is_found(monkeypatch):
    monkeypatch.setattr(append_only, "GUARDED", (*append_only.GUARDED, "nowhere"))
    append_only.install()
    assert append_only.unprotected() == ["nowhere"]


@pytest.mark.django_db
def test_a_trigger_that_is_switched_off_is_found_where_that_can_be_done():
    switched_off = "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_delete"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            with pytest.raises(OperationalError), transaction.atomic():
                cursor.execute(switched_off)
        else:
            cursor.execute(switched_off)
            assert append_only.unprotected() == ["audit_entry"]
            cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_no_delete")
    assert append_only.unprotected() == []


@pytest.mark.django_db
def test_remove_lets_rows_be_tampered_with():
    entry()
    append_only.remove()
    Entry.objects.update(code="tampered.with")
    Entry.objects.all().delete()
    append_only.install()
    assert append_only.unprotected() == []


@pytest.mark.django_db(transaction=True)
def test_a_table_that_a_migration_remade_is_protected_again():
    old = Entry._meta.get_field("code")
    new = models.CharField(max_length=61)
    new.set_attributes_from_name("code")
    new.model = Entry
    with connection.schema_editor() as editor:
        editor.alter_field(Entry, old, new)
    try:
        # SQLite made a new table under the old name; PostgreSQL altered the column and kept the triggers.
        assert append_only.unprotected() == (["audit_entry"] if connection.vendor == "sqlite" else [])
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Entry, new, old)
        call_command("migrate", verbosity=0)
    assert append_only.unprotected() == []
    entry()
    refused("DELETE FROM audit_entry")
