"""Whatever somebody with the database in hand does to the sales journal, `faults` finds it and names it."""

import datetime
import threading

import pytest
from django.db import connection, transaction

from carnet.audit.models import Entry
from carnet.books.models import Head, Line
from carnet.kernel import append_only, chain, seals
from carnet.proof.replays import books
from tests.books.entries import AT, found, mended, money, sale, write
from tests.factories.ledger import day

HOUR = datetime.timedelta(hours=1)
HEAD_DIFFERS = "books: the head and the journal differ (lines {} and {})"
AUDIT_DIFFERS = "books: the audit knows another end of the journal (line {})"


@pytest.fixture
def story(db):
    """Five lines, an hour apart."""
    (first,) = write(sale())
    write(money(), at=AT + HOUR)
    write(mended(first.pk), at=AT + 2 * HOUR)
    write(money(kind="credit", means="credit"), sale(document=""), at=AT + 3 * HOUR)
    assert found() == (5, [])
    append_only.remove()
    yield
    append_only.install()


def line(sequence):
    return Line.objects.filter(sequence=sequence)


def test_nothing_was_written(db):
    assert found() == (0, [])


@pytest.mark.parametrize(
    "change",
    [
        {"at": AT},
        {"on": day("2027-03-04")},
        {"kind": "credit"},
        {"document": "F2027-000002"},
        {"label": "tokens-50"},
        {"customer_id": 8},
        {"quantity": 2},
        {"net_cents": 1, "gross_cents": 1},
        {"vat_permille": 55},
        {"net_cents": 20_000, "vat_cents": 4_000},
        {"means": "cheque"},
        {"cause_kind": "lot"},
        {"cause_id": 4},
        {"payment_id": 6},
        {"digest": "f" * 64},
        {"actor_kind": "team"},
        {"actor_id": 99},
        {"actor_label": "agent 9"},
        {"is_test": False},
        {"hash": "0" * 64},
    ],
    ids=str,
)
def test_a_changed_line(story, change):
    line(2).update(**change)
    assert found() == (5, ["books, line 2: the line was changed after it was written"])


def test_a_correction_of_another_line(story):
    line(3).update(corrects=line(2).get())
    assert found() == (5, ["books, line 3: the line was changed after it was written"])


def test_a_changed_line_with_its_own_hash_breaks_the_chain(story):
    changed = line(2).get()
    changed.label = "tokens-50"
    line(2).update(label="tokens-50", hash=with_the_key(changed.hash_before, changed))
    assert found() == (5, ["books, line 3: the line does not follow from the one before it"])


def test_a_deleted_line(story):
    line(2).delete()
    assert found() == (4, ["books, line 3: line 2 is missing before it"])


def test_only_the_first_broken_line_is_named(story):
    line(4).delete()
    line(2).update(label="tokens-50")
    assert found() == (4, ["books, line 2: the line was changed after it was written"])


def test_two_lines_swapped(story):
    line(4).update(sequence=99)
    line(5).update(sequence=4)
    line(99).update(sequence=5)
    assert found()[1][0] == "books, line 4: the line does not follow from the one before it"


def test_a_line_before_the_first(story):
    more = line(1).get()
    more.pk, more.sequence = None, 0
    more.save(force_insert=True)
    assert found() == (6, ["books, line 0: the line is one too many"])


def test_a_line_after_the_last(story):
    last = line(5).get()
    more = Line(**{**last.chained_fields(), "sequence": 6}, hash_before=last.hash)
    more.hash = with_the_key(last.hash, more)
    more.save(force_insert=True)
    assert found() == (6, [HEAD_DIFFERS.format(5, 6), AUDIT_DIFFERS.format(5)])


def test_a_cut_tail(story):
    line(5).delete()
    assert found() == (4, [HEAD_DIFFERS.format(5, 4), AUDIT_DIFFERS.format(5)])


def test_a_cut_tail_with_the_head_adapted_is_known_to_the_audit(story):
    line(5).delete()
    last = line(4).get()
    Head.objects.update(hash=last.hash, line_count=4, last_at=last.at)
    assert found() == (4, [AUDIT_DIFFERS.format(5)])


def test_everything_deleted(story):
    Line.objects.filter(kind="correction").delete()
    Line.objects.all().delete()
    Head.objects.all().delete()
    assert found() == (0, [AUDIT_DIFFERS.format(5)])


@pytest.mark.parametrize("change", [{"hash": "0" * 64}, {"line_count": 4}, {"last_at": AT}], ids=str)
def test_a_changed_head(story, change):
    Head.objects.update(**change)
    assert found() == (5, [HEAD_DIFFERS.format(change.get("line_count", 5), 5)])


def test_a_deleted_head(story):
    Head.objects.all().delete()
    assert found() == (5, [HEAD_DIFFERS.format(0, 5)])


def with_the_key(before, line):
    return seals.link(before, line.chained_fields(), version=line.key_version)


def without_the_key(before, line):
    return chain.link(before, line.chained_fields())


def forge(sequence, link, **changes):
    """Change a line, and chain it and all later ones anew, as somebody could who reads this code."""
    head = line(sequence).get().hash_before
    for old in Line.objects.filter(sequence__gte=sequence).order_by("sequence"):
        for name, value in changes.items() if old.sequence == sequence else ():
            setattr(old, name, value)
        old.hash_before, old.hash = head, link(head, old)
        old.save()
        head = old.hash
    Head.objects.update(hash=head)


def test_a_chain_forged_without_the_key(story):
    """As is a sale that was lowered, with everything after it chained anew."""
    for changes in ({"label": "tokens-50"}, {"net_cents": 1, "vat_cents": 0, "gross_cents": 1}):
        with transaction.atomic():
            Entry.objects.all().delete()
            forge(2, without_the_key, **changes)
            assert found() == (5, ["books, line 2: the line was changed after it was written"])
            transaction.set_rollback(True)


def test_a_key_that_is_not_there_any_more(story, settings):
    settings.BOOKS_KEYS = {1: settings.BOOKS_KEYS[1], 2: "another"}
    write(money(), at=AT + 4 * HOUR)
    assert found() == (6, [])
    settings.BOOKS_KEYS = {2: "another"}
    assert found() == (6, ["books, line 1: the key of version 1 is missing"])


def test_a_forged_chain_is_known_to_the_audit(story):
    forge(2, with_the_key, label="tokens-50")
    assert found() == (5, [AUDIT_DIFFERS.format(5)])


def test_a_forged_moment_goes_back_in_time(story):
    forge(2, with_the_key, at=AT - HOUR)
    assert found() == (5, ["books, line 2: the line is older than the one before it", AUDIT_DIFFERS.format(5)])


def test_a_changed_entry_of_the_audit(story):
    Entry.objects.filter(code="books.written").update(details={"sequence": 6, "count": 1, "head": "0" * 64})
    assert found() == (5, [AUDIT_DIFFERS.format(6)])


def test_an_audit_that_was_emptied_says_nothing(story):
    Entry.objects.all().delete()
    assert found() == (5, [])


@pytest.mark.parametrize(("portion", "counts"), [(2, [2, 2, 1]), (5, [5, 0]), (6, [5])])
def test_portion_by_portion(story, monkeypatch, portion, counts):
    monkeypatch.setattr(books, "PORTION", portion)
    assert list(books.faults()) == [(count, []) for count in counts]
    line(4).update(label="tokens-50")
    assert found() == (5, ["books, line 4: the line was changed after it was written"])


def test_its_queries_do_not_grow_with_the_journal(story, django_assert_num_queries):
    with django_assert_num_queries(3):
        found()
    write(*[sale()] * 20, at=AT + 4 * HOUR)
    with django_assert_num_queries(3):
        found()


@pytest.mark.django_db(transaction=True)
def test_a_line_written_meanwhile_is_no_fault(monkeypatch):
    """Somebody sells between the reading of the last lines and that of the head."""
    write(sale())
    read_end = books.known_end

    def sell():
        write(money())
        connection.close()

    def read_while_somebody_sells():
        # SQLite lets them wait until the reading has ended, PostgreSQL does not.
        seller.start()
        seller.join(timeout=1)
        return read_end()

    seller = threading.Thread(target=sell)
    monkeypatch.setattr(books, "known_end", read_while_somebody_sells)
    assert list(books.faults()) == [(1, [])]
    seller.join(timeout=300)
    monkeypatch.undo()
    assert found() == (2, [])
