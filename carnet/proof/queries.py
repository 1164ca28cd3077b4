import datetime
from collections.abc import Callable, Iterator

from django.db.models import Min, Q, QuerySet

from carnet.jobs.models import Job
from carnet.people.models import Person
from carnet.proof import rules
from carnet.proof.models import VerificationRun
from carnet.proof.replays import (
    books,
    credit_notes,
    deposit_slips,
    disputes,
    files,
    guarded_tables,
    heads,
    invoices,
    ledger,
    money,
    online,
    orders,
    refunds,
    repayments,
    tickets,
    withdrawals,
)

# The same for the nightly run and for one that is asked for: at most one waits or runs.
VERIFY = "carnet.proof.tasks.verify"
VERIFY_KEY = f"schedule:{VERIFY}"


def verification() -> Iterator[tuple[str, int, list[rules.Fault]]]:
    """Read everything again and compare: the name of the check at hand, how many records it read, and what is wrong
    with them; portion by portion, so that nobody waits long and little is in memory.
    """
    for name, check in CHECKS:
        for records, faults in check():
            yield name, records, faults


def verification_runs() -> QuerySet[VerificationRun]:
    """The last one first."""
    return VerificationRun.objects.order_by("-ended_at", "-id")


def verification_under_way() -> bool:
    """Whether one waits for the worker or runs."""
    return Job.objects.live().filter(key=VERIFY_KEY).exists()


def verification_trouble(at: datetime.datetime) -> rules.Trouble:
    """What the owner must know: that the last run found faults, or that none has ended for too long."""
    last = verification_runs().defer("faults").first()
    began = Person.objects.filter(staff=Person.Staff.OWNER).aggregate(first=Min("created_at"))["first"]
    return rules.trouble(
        at,
        last_ended_at=last.ended_at if last else None,
        fault_count=last.fault_count if last else 0,
        since=began or at,
    )


def told_digest() -> str:
    """The digest of the faults that owners were told of last; empty if all agreed since."""
    last = verification_runs().filter(Q(told=True) | Q(fault_count=0)).defer("faults").first()
    return last.digest if last else ""


# What `manage.py verify` replays, in this order: a name, and a check that yields (records read, faults found).
CHECKS: tuple[tuple[str, Callable[[], Iterator[rules.Found]]], ...] = (
    (guarded_tables.CHECK, guarded_tables.faults),
    (heads.CHECK, heads.faults),
    (ledger.CHECK, ledger.faults),
    (tickets.CHECK, tickets.faults),
    (books.CHECK, books.faults),
    (money.PAYMENTS, money.payment_faults),
    (money.CREDIT, money.credit_faults),
    (online.CHECK, online.faults),
    (orders.CHECK, orders.faults),
    (disputes.CHECK, disputes.faults),
    (invoices.CHECK, invoices.faults),
    (credit_notes.CHECK, credit_notes.faults),
    (refunds.CHECK, refunds.faults),
    (repayments.CHECK, repayments.faults),
    (withdrawals.CHECK, withdrawals.faults),
    (deposit_slips.CHECK, deposit_slips.faults),
    (files.TERMS, files.terms_faults),
    (files.CHECK, files.faults),
)
# What the file outside the database takes over only if it is sound.
CHAINS = {guarded_tables.CHECK, heads.CHECK, ledger.CHECK, books.CHECK}
