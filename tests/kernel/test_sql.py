"""Written-out statements do what querysets do, on both databases."""

import datetime

import pytest
from django.db import IntegrityError, connection

from carnet.audit.models import Entry
from carnet.kernel import sql
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from tests.factories.ledger import give_trial, sell

pytestmark = pytest.mark.django_db
AT = datetime.datetime(2027, 1, 11, 12, 0, 0, 5, tzinfo=datetime.UTC)


def entry(code="test.done", **fields):
    return Entry(at=AT, actor_kind="system", actor_label="test", code=code, details={"units": 2}, **fields)


def mail(key):
    return OutgoingMail(
        key=key, kind="tickets/received", to="claire@example.org", language="fr", subject="Bonjour", text="Bonjour",
        html="<p>Bonjour</p>", headers={"References": "<1>"}, queued_at=AT, give_up_at=AT,
    )  # fmt: skip


def values_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_are_what_a_queryset_gives(martins):
    sell(martins, 3)
    give_trial(martins)
    (written_out,) = sql.carry_out(sql.rows(Lot, rest="WHERE customer_id = %s ORDER BY id", values=[martins.pk]))
    queryset = list(Lot.objects.order_by("id"))
    assert [values_of(lot) for lot in written_out] == [values_of(lot) for lot in queryset]
    assert {(type(lot.shared), lot.activated_at.tzinfo, lot._state.adding) for lot in written_out} == {
        (bool, datetime.UTC, False)
    }


def test_new_stores_what_a_queryset_stores():
    ours, theirs = entry(customer_id=7), entry(customer_id=7)
    sql.carry_out(sql.new(ours))
    theirs.save()
    columns = "at, actor_kind, actor_id, actor_label, code, subject_kind, subject_id, customer_id, details"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM audit_entry WHERE id IN (%s, %s) ORDER BY id", [ours.pk, theirs.pk])
        stored = cursor.fetchall()
    assert len(stored) == 2
    assert stored[0] == stored[1]
    assert Entry.objects.get(pk=ours.pk).details == {"units": 2}
    assert (ours._state.adding, ours._state.db) == (False, "default")


def test_new_unless_known_stores_the_first_of_a_key():
    first, second = mail("same"), mail("same")
    assert sql.carry_out(sql.new_unless_known(first, "key"), sql.new_unless_known(second, "key")) == [True, False]
    assert (second.pk, second._state.adding) == (None, True)
    stored = OutgoingMail.objects.get(key="same")
    assert (stored.pk, stored.to, stored.headers) == (first.pk, "claire@example.org", {"References": "<1>"})


def test_each_statement_sees_what_the_one_before_it_wrote(martins):
    lot = sell(martins, 3)
    codes = sql.values("SELECT code FROM audit_entry WHERE code LIKE %s ORDER BY id", ["100%"])
    before, _, _, after, changed = sql.carry_out(
        codes,
        sql.new(entry("100% sure; done")),
        sql.change("UPDATE ledger_lot SET last_day = %s WHERE id = %s", [datetime.date(2028, 2, 29), lot.pk]),
        codes,
        sql.values("SELECT last_day FROM ledger_lot WHERE id = %s", [lot.pk]),
    )
    assert (before, after, changed) == ([], [("100% sure; done",)], [(datetime.date(2028, 2, 29),)])


def test_a_change_of_a_row_that_is_not_there():
    with pytest.raises(AssertionError, match="changed 0 rows"):
        sql.carry_out(sql.change("UPDATE ledger_lot SET available = %s WHERE id = %s", [1, 0]))


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_is_refused(martins):
    lot = sell(martins, 3)
    with pytest.raises(IntegrityError):
        sql.carry_out(
            sql.new(entry()), sql.change("UPDATE ledger_lot SET available = available - %s WHERE id = %s", [4, lot.pk])
        )
    lot.refresh_from_db()
    assert lot.available == 3


def test_postgresql_waits_once(django_assert_num_queries):
    with django_assert_num_queries({"sqlite": 3, "postgresql": 1}[connection.vendor]):
        sql.carry_out(*(sql.new(entry()) for _ in range(3)))
