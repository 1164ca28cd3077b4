import datetime
import hmac
from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from carnet.audit.models import Entry
from carnet.books import queries, rules
from carnet.books.models import Head, Line
from carnet.kernel import chain
from tests.books.entries import AT, found, mended, money, sale, write
from tests.factories.ledger import day
from tests.factories.processes import all_at_once

pytestmark = pytest.mark.django_db


def test_lines_are_chained_in_their_order():
    first, second = write(sale(), money())
    assert (first.sequence, second.sequence, first.hash_before, second.hash_before) == (1, 2, chain.START, first.hash)
    assert list(Line.objects.order_by("id")) == [first, second]
    head = Head.objects.get()
    assert (head.pk, head.line_count, head.hash, head.last_at) == (1, 2, second.hash, AT)
    (third,) = write(sale())
    assert (third.sequence, third.hash_before) == (3, second.hash)
    assert found() == (3, [])


def test_a_line_says_what_its_entry_said_and_who_wrote_it(settings):
    write(sale())
    line = Line.objects.get()
    assert line.chained_fields() == {
        "sequence": 1, "at": AT, "on": day("2027-03-05"), "kind": "sale", "document": "F2027-000001",
        "label": "tokens-20", "customer_id": 7, "quantity": 1, "net_cents": 20_000, "vat_permille": 200,
        "vat_cents": 4_000, "gross_cents": 24_000, "means": "", "cause_kind": "order", "cause_id": 3,
        "payment_id": None, "digest": "", "corrects_id": None, "actor_kind": "system", "actor_id": None,
        "actor_label": "test", "is_test": True, "key_version": 1,
    }  # fmt: skip
    text = f"{chain.START}\n{chain.canonical(line.chained_fields())}"
    assert line.hash == hmac.new(settings.BOOKS_KEYS[1].encode(), text.encode(), "sha256").hexdigest()


def test_the_newest_key_seals(settings):
    settings.BOOKS_KEYS = {1: "old", 12: "new", 2: "between"}
    (line,) = write(sale())
    text = f"{chain.START}\n{chain.canonical(line.chained_fields())}"
    assert (line.key_version, line.hash) == (12, hmac.new(b"new", text.encode(), "sha256").hexdigest())


def test_a_document_moves_nothing():
    nothing = {"net_cents": 0, "vat_permille": 0, "vat_cents": 0, "gross_cents": 0}
    (line,) = write(sale(kind="document", digest="d" * 64, **nothing))
    assert (line.document, line.digest, rules.totals([line])) == ("F2027-000001", "d" * 64, rules.Totals((), 0, 0, 0))


def test_the_hash_covers_every_field_but_the_chain_itself():
    covered = set(Line().chained_fields())
    assert {field.attname for field in Line._meta.concrete_fields} - covered == {"id", "hash_before", "hash"}


@pytest.mark.parametrize(("mode", "is_test"), [("live", False), ("demo", True), ("test", True)])
def test_lines_of_a_test_are_marked(settings, mode, is_test):
    settings.MODE = mode
    assert write(sale())[0].is_test is is_test


def test_the_audit_repeats_the_head():
    write(sale())
    last = write(money(), money())[1]
    entry = Entry.objects.filter(code="books.written").latest("id")
    assert entry.details == {"sequence": 3, "count": 2, "head": last.hash}
    assert (entry.at, entry.actor_label, entry.subject_kind, entry.subject_id) == (AT, "test", "books", 1)


def test_the_journal_never_goes_back_in_time():
    write(sale())
    assert write(money(), at=AT - datetime.timedelta(hours=1))[0].at == AT
    assert write(money(), at=AT + datetime.timedelta(hours=1))[0].at == AT + datetime.timedelta(hours=1)


def test_a_correction_names_its_line():
    wrong = write(sale())[0]
    correction = write(mended(wrong.pk))[0]
    assert (correction.corrects, list(wrong.corrections.all())) == (wrong, [correction])
    assert found() == (2, [])


def test_lines_of_a_customer_and_of_a_period():
    late, other, early = write(sale(), sale(customer_id=8), sale(on=day("2027-03-04")))
    assert list(queries.lines_of(7)) == [late, early]
    assert list(queries.lines_on(day("2027-03-04"), day("2027-03-05"))) == [early, late, other]
    assert list(queries.lines_on(day("2027-03-05"), day("2027-03-05"))) == [late, other]
    assert list(queries.lines_on(day("2027-03-06"), day("2027-03-31"))) == []


def test_nothing_is_no_line():
    with pytest.raises(ValueError, match="nothing to write"):
        write()
    assert not Head.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ten_writers_at_once():
    """Nobody has locked the head before: its row is made by whoever comes first."""
    results = all_at_once([partial(write, sale(), money()) for _ in range(10)])
    assert [[line.kind for line in lines] for lines in results] == [["sale", "payment"]] * 10
    assert [line.sequence for line in Line.objects.order_by("id")] == list(range(1, 21))
    assert found() == (20, [])


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_gap():
    write(sale())
    with transaction.atomic():
        write(sale(), money())
        transaction.set_rollback(True)
    (second,) = write(sale())
    assert (second.sequence, Line.objects.count(), Entry.objects.count()) == (2, 2, 2)
    assert found() == (2, [])


def test_the_database_refuses_changes():
    (line,) = write(sale())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Line.objects.update(label="tokens-50")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        line.delete()
    assert found() == (1, [])


@pytest.mark.parametrize("wrong", [{"gross_cents": 1}, {"kind": "correction"}, {"corrects_id": 1}, {"sequence": 1}])
def test_the_database_refuses_lines_that_make_no_sense(wrong):
    (line,) = write(sale())
    line.pk, line.sequence = None, 2
    for name, value in wrong.items():
        setattr(line, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        line.save(force_insert=True)


def test_there_is_one_head():
    with pytest.raises(IntegrityError), transaction.atomic():
        Head.objects.create(pk=2)
