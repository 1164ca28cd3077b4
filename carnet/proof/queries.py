import datetime
from collections.abc import Callable, Iterator

from django.db.models import Min, Q, QuerySet

from carnet.books import queries as books
from carnet.files import queries as files
from carnet.invoices import queries as invoices
from carnet.jobs.models import Job
from carnet.kernel import append_only
from carnet.ledger import queries as ledger
from carnet.ledger.models import Movement
from carnet.orders import queries as orders
from carnet.payments import queries as payments
from carnet.people.models import Person
from carnet.proof import rules
from carnet.proof.models import VerificationRun
from carnet.tickets.queries import replay

# The same for the nightly run and for one that is asked for: at most one waits or runs.
VERIFY = "carnet.proof.tasks.verify"
VERIFY_KEY = f"schedule:{VERIFY}"

Found = tuple[int, list[str]]


def verification() -> Iterator[tuple[str, int, list[str]]]:
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


def owners() -> list[Person]:
    """Who owns the business, by number."""
    return list(Person.objects.filter(staff=Person.Staff.OWNER, is_active=True).order_by("pk"))


def _append_only() -> Iterator[Found]:
    """The database refuses UPDATE and DELETE on every table whose rows only grow."""
    missing = append_only.unprotected()
    yield (
        len(append_only.TABLES),
        [f"{table}: a trigger that refuses UPDATE or DELETE is missing" for table in missing],
    )


def _journals() -> Iterator[Found]:
    """Chains, heads, counts, buckets, last days and holds of every customer's journal (L11)."""
    for fault in ledger.faults_of_all():
        yield 0, [str(fault)]
    yield Movement.objects.count(), []


def _tickets() -> Iterator[Found]:
    """What tickets cost, reckoned again from what was worked, reserved and paid (T2–T4, T8–T10, T14, H1–H5, F1–F4)."""
    return replay.portions()


# What `manage.py verify` replays, in this order: a name, and a check that yields (records read, faults found).
CHECKS: tuple[tuple[str, Callable[[], Iterator[Found]]], ...] = (
    ("append-only tables", _append_only),
    ("journals of units", _journals),
    ("tickets", _tickets),
    ("sales journal", books.faults),
    ("payments", payments.payment_faults),
    ("credit", payments.credit_faults),
    ("orders", orders.sum_faults),
    ("invoices", invoices.faults),
    ("stored files", files.content_faults),
)
