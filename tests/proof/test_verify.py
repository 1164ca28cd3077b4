"""`manage.py verify`: whatever somebody with the database in hand changes, it fails and names the first broken record.

Tamperings of one kind share one story: each is undone before the next.
"""

import datetime
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F

from carnet.kernel import append_only
from carnet.ledger.models import CustomerLedger, Hold, Lot, Movement
from carnet.people.models import Customer
from carnet.proof.replays import tickets as replay
from carnet.tickets.actions import closing, cover
from carnet.tickets.models import Closure, Ticket
from carnet.work.models import Cover, PaidTime, WorkReason, WorkSession
from tests.factories.processes import ROOT, database_url
from tests.factories.tickets import answer, close, give_tokens, make_ticket, moment, work_on
from tests.proofs import ticket_faults

pytestmark = pytest.mark.django_db


@dataclass
class Story:
    """Tickets of the Martins in every state of payment, and one of another customer."""

    customer: Customer
    used: Ticket  # 12 minutes, one token
    two: Ticket  # 41 minutes after consent, two tokens
    free: Ticket  # 9 free minutes
    cancelled: Ticket  # before any work
    open: Ticket  # a token is reserved, 5 minutes were worked
    waiting: Ticket  # it is covered by nothing
    other: Ticket


@pytest.fixture
def story(martins, robledo, claire, hugo, ines, awa) -> Iterator[Story]:
    give_tokens(martins, 8)
    give_tokens(robledo, 3)
    told = Story(
        martins,
        used=make_ticket(claire, at=moment(1)),
        two=make_ticket(hugo, at=moment(2)),
        free=make_ticket(claire, means="trial", at=moment(3)),
        cancelled=make_ticket(claire, at=moment(4)),
        open=make_ticket(claire, at=moment(5)),
        waiting=make_ticket(hugo, means="none", at=moment(6)),
        other=make_ticket(ines, at=moment(7)),
    )
    work_on(told.used, awa, 12, since=moment(10))
    answer(told.used, awa, at=moment(23), should_solve=True)
    close(told.used, at=moment(30))
    work_on(told.two, awa, 30, since=moment(40))
    cover.agree_to_more(ticket=told.two, means="tokens", ceiling=2, by=hugo.as_actor(), at=moment(75))
    work_on(told.two, awa, 11, since=moment(80))
    close(told.two, at=moment(95))
    work_on(told.free, awa, 9, since=moment(100))
    close(told.free, at=moment(110))
    closing.close_ticket(ticket=told.cancelled, how="cancelled", reason="Never mind", by=awa.as_actor(), at=moment(111))
    work_on(told.open, awa, 5, since=moment(115))
    append_only.remove()
    yield told
    append_only.install()


def verify() -> tuple[int, str, str]:
    """Exit code, what was printed, and the first broken record as it names it at the end."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify", stdout=out, stderr=err)
    except SystemExit as ended:
        first = err.getvalue().splitlines()[1].strip()
        return int(str(ended.code)), out.getvalue(), first.split(": ", 1)[1]
    return 0, out.getvalue(), ""


def first_fault() -> str:
    """The first broken record that the command names once nothing but rows is wrong."""
    append_only.install()
    try:
        code, _printed, first = verify()
    finally:
        append_only.remove()
    assert code == 1
    return first


def after(change: Callable[[], object]) -> str:
    """The first broken record after a change, which is undone again."""
    known = settings.HEADS_FILE.read_bytes() if settings.HEADS_FILE.exists() else b""
    with transaction.atomic():
        change()
        first = first_fault()
        transaction.set_rollback(True)
    settings.HEADS_FILE.write_bytes(known)  # it would know of what never was
    return first


def line(story: Story, sequence: int) -> Movement:
    return Movement.objects.get(customer=story.customer, sequence=sequence)


def test_all_agrees(story):
    append_only.install()
    code, printed, first = verify()
    assert (code, first) == (0, "")
    records = sum(read for read, _faults in replay.faults())
    told = len(append_only.GUARDED), Movement.objects.count(), records
    rows = printed.splitlines()
    assert [row.split(" in ")[0] for row in rows] == [
        f"append-only tables: {told[0]} records",
        "ends of the journals: 0 records",
        f"journals of units: {told[1]} records",
        f"tickets: {told[2]} records",
        "sales journal: 0 records",
        "payments: 0 records",
        "credit: 0 records",
        "online payments: 0 records",
        "orders: 0 records",
        "disputes: 0 records",
        "invoices: 0 records",
        "credit notes: 0 records",
        "refunds: 0 records",
        "repayments: 0 records",
        "withdrawals: 0 records",
        "deposit slips: 0 records",
        "terms: 0 records",
        "stored files: 0 records",
        f"verify: {sum(told)} records",
        "verify: no faults.",
    ]
    assert rows[-2].endswith(" records a second.")
    assert printed.count("faults: 0") == 18


def test_before_anything_happened():
    assert verify()[0] == 0


def test_a_missing_trigger(story):
    append_only.install()
    on = " ON tickets_closure" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER tickets_closure_no_delete{on}")
    code, _printed, first = verify()
    assert (code, first) == (1, "tickets_closure: a trigger that refuses UPDATE or DELETE is missing")


def test_every_trigger_missing(story):
    code, printed, first = verify()
    assert (code, first.split(":")[0]) == (1, min(append_only.GUARDED))
    assert printed.count("a trigger that refuses UPDATE or DELETE is missing") == len(append_only.GUARDED)


def test_changed_movements(story):
    changed = line(story, 3)
    where = f"customer {story.customer.pk}, line 3"
    for change in ({"quantity": 2}, {"actor_id": 999}, {"rule": "T9"}, {"cause_id": 1}):
        first = after(partial(Movement.objects.filter(pk=changed.pk).update, **change))
        assert first == f"{where}: the line, or what it says about its pack, was changed after it was written"


def test_a_deleted_movement(story):
    assert after(line(story, 5).delete) == f"customer {story.customer.pk}, line 5: a line of the journal is missing"


def test_two_swapped_movements(story):
    first, second = line(story, 4), line(story, 5)
    for pk, sequence in ((first.pk, 999), (second.pk, 4), (first.pk, 5)):
        Movement.objects.filter(pk=pk).update(sequence=sequence)
    assert first_fault() == f"customer {story.customer.pk}, line 4: the line does not follow from the one before it"


def test_the_last_movements_cut_off(story):
    last = Movement.objects.filter(customer=story.customer).order_by("-sequence")[:2]
    Movement.objects.filter(pk__in=[one.pk for one in last]).delete()
    assert "the ledger and its journal differ; lines at the end may be missing" in first_fault()
    # And now with the ledger's head and count adapted.
    end = Movement.objects.filter(customer=story.customer).latest("sequence")
    adapted = {"head": end.hash, "movement_count": end.sequence, "last_at": end.at}
    CustomerLedger.objects.filter(pk=story.customer.pk).update(**adapted)
    assert "the audit knows another end of the journal" in first_fault()


Change = Callable[[Story], object]
LEDGER: dict[str, Change] = {
    "a unit out of nothing": lambda story: Lot.objects.filter(customer=story.customer, unit="token").update(
        available=F("available") + 1, quantity=F("quantity") + 1
    ),
    "a spent unit given back": lambda story: Lot.objects.filter(customer=story.customer, unit="token").update(
        available=F("available") + 1, spent=F("spent") - 1
    ),
    "a later last day": lambda story: Lot.objects.filter(customer=story.customer, unit="token").update(
        last_day=datetime.date(2099, 1, 1)
    ),
    "a hold of less": lambda story: Hold.objects.filter(cause_id=story.two.pk).update(spent=1),
    "no hold": lambda story: Hold.objects.filter(cause_id=story.open.pk).delete(),
}


def test_units_without_a_movement(story):
    for change in LEDGER.values():
        first = after(partial(change, story))
        assert first.startswith(f"customer {story.customer.pk}")


def later(session: WorkSession) -> None:
    WorkSession.objects.standing().filter(pk=session.pk).update(
        ended_at=session.ended_at + datetime.timedelta(minutes=25)
    )


TICKETS: dict[str, tuple[str, Change, str]] = {
    "longer work": (
        "used",
        lambda story: later(story.used.cover.sessions.get()),
        "session N was written down before it ended",
    ),
    "shorter work": (
        "free",
        lambda story: story.free.cover.sessions.update(ended_at=moment(105)),
        "the closure tells 540 s of work, the sessions 300 s",
    ),
    "deleted work": (
        "used",
        lambda story: (
            WorkReason.objects.filter(session__cover__ticket=story.used).delete(),
            story.used.cover.sessions.all().delete(),
        ),
        "the closure tells 720 s of work, the sessions 0 s",
    ),
    "work that is charged no more": (
        "used",
        lambda story: story.used.cover.sessions.update(kind="training"),
        "the closure tells 720 s of work, the sessions 0 s",
    ),
    "a closure's price": (
        "two",
        lambda story: story.two.closures.update(price_tokens=1),
        "the closure tells another price than what paid for it",
    ),
    "a closure's free minutes": (
        "free",
        lambda story: story.free.closures.update(free_minutes=4),
        "the closure tells another price than what paid for it",
    ),
    "a closure's work": (
        "two",
        lambda story: story.two.closures.update(worked_seconds=60),
        "the closure tells 60 s of work, the sessions 2460 s",
    ),
    "no closure": (
        "two",
        lambda story: story.two.closures.all().delete(),
        "it is closed without a closure",
    ),
    "a cover's price": (
        "used",
        lambda story: Cover.objects.filter(ticket=story.used).update(price_tokens=0),
        "its price is [0, 0, 0], and [1, 0, 0] pay for it",
    ),
    "a price for nothing": (
        "cancelled",
        lambda story: (
            Cover.objects.filter(ticket=story.cancelled).update(price_tokens=1),
            story.cancelled.closures.update(price_tokens=1),
        ),
        "the closure tells another price than what paid for it",
    ),
    "a lower price everywhere": (
        "two",
        lambda story: (
            Cover.objects.filter(ticket=story.two).update(price_tokens=1),
            story.two.closures.update(price_tokens=1),
        ),
        "the closure tells another price than what paid for it",
    ),
    "longer paid time": (
        "open",
        lambda story: PaidTime.objects.filter(cover=story.open.cover_id).update(seconds=7200),
        "7200 s were paid at once, instead of 30 min",
    ),
    "no paid time": (
        "open",
        lambda story: PaidTime.objects.filter(cover=story.open.cover_id).delete(),
        "its cover is made of nothing",
    ),
    "paid by nothing": (
        "waiting",
        lambda story: Cover.objects.filter(ticket=story.waiting).update(
            state="covered", covered_at=moment(6), waiting_since=None, waits_for=""
        ),
        "its cover is made of nothing",
    ),
    "open again": (
        "used",
        lambda story: Ticket.objects.filter(pk=story.used.pk).update(state="open"),
        "it is open, its cover ended",
    ),
    "closed by hand": (
        "open",
        lambda story: Ticket.objects.filter(pk=story.open.pk).update(state="closed"),
        "it is closed, its cover covered",
    ),
    "free minutes that nobody reserved": (
        "waiting",
        lambda story: Cover.objects.filter(ticket=story.waiting).update(free_minutes=5),
        "its cover tells 5 free minutes, instead of 0",
    ),
}


def test_tickets_that_do_not_agree(story):
    found = {
        name: re.sub(r"session \d+", "session N", after(partial(change, story)))
        for name, (_which, change, _fault) in TICKETS.items()
    }
    assert found == {
        name: f"ticket {getattr(story, which).pk}: {fault}" for name, (which, _change, fault) in TICKETS.items()
    }


def test_a_price_that_the_ledger_never_spent(story):
    """Work, paid times, closure and cover tell the same story, and no unit was reserved or spent for it."""
    Closure.objects.filter(ticket=story.cancelled).update(price_tokens=1, worked_seconds=600)
    Cover.objects.filter(ticket=story.cancelled).update(price_tokens=1)
    PaidTime.objects.filter(cover=story.cancelled.cover_id, units=-1).delete()
    WorkSession.objects.create(
        cover=story.cancelled.cover, agent_id=story.used.cover.sessions.get().agent_id,
        kind="chargeable", started_at=moment(50), ended_at=moment(60), recorded_at=moment(60),
    )  # fmt: skip
    assert first_fault() == f"ticket {story.cancelled.pk}: its paid times gave back [] of tokens, the journal [1]"


def test_all_faults_are_named_the_first_at_the_end_again(story):
    Movement.objects.filter(pk=line(story, 3).pk).update(rule="T9")
    story.two.closures.update(price_tokens=1)
    append_only.install()
    code, printed, first = verify()
    append_only.remove()
    named = [row.strip() for row in printed.splitlines() if row.startswith("  ")]
    assert (code, named[0]) == (1, first)
    assert named[-1].startswith(f"ticket {story.two.pk}: ")


def test_portion_by_portion_with_the_same_queries(story, monkeypatch, django_assert_num_queries):
    story.two.closures.update(price_tokens=1)
    expected = ticket_faults()
    with django_assert_num_queries(20):  # thirteen for a portion, and that there are no more; then across tickets
        assert ticket_faults() == expected
    monkeypatch.setattr(replay, "PORTION", 2)
    assert ticket_faults() == expected


@pytest.mark.django_db(transaction=True)
def test_as_a_command_of_the_shell(martins, claire, tmp_path):
    give_tokens(martins)
    make_ticket(claire)
    environment = {**os.environ, "DATABASE_URL": database_url(), "CARNET_TEST_VAR": str(tmp_path)}
    command = [sys.executable, "-m", "django", "verify"]

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    result = run()
    assert (result.returncode, result.stdout.splitlines()[-1], result.stderr) == (0, "verify: no faults.", "")
    Lot.objects.update(available=F("available") - 1, spent=F("spent") + 1)
    result = run()
    assert result.returncode == 1
    assert result.stderr.startswith(
        "verify: records do not match, 2 faults. The first of each check:\n"
        f"  journals of units: customer {martins.pk}: a pack and"
    )
