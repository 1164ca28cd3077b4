import datetime
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from carnet.audit.models import Entry
from carnet.books import queries as books
from carnet.files import queries as files
from carnet.invoices import queries as invoices
from carnet.invoices.models import Content
from carnet.jobs.models import Job
from carnet.kernel import append_only, calendar
from carnet.ledger import queries as ledger
from carnet.ledger.models import Lot, Movement
from carnet.mail.models import OutgoingMail
from carnet.operations import rules
from carnet.operations.models import VerificationRun
from carnet.orders import queries as orders
from carnet.orders.models import Order, OrderBuyer
from carnet.payments import queries as payments
from carnet.payments.models import Account, Payment, PaymentDetails
from carnet.people.models import Invitation, Membership, Person
from carnet.provider import queries as provider
from carnet.tickets.models import ContactMessage, Draft, FirstQuestion, Message, Ticket
from carnet.tickets.queries import replay

# The same for the nightly run and for one that is asked for: at most one waits or runs.
VERIFY = "carnet.operations.tasks.verify"
VERIFY_KEY = f"schedule:{VERIFY}"

Found = tuple[int, list[str]]


def audit_entries(*, code: str = "", customer_id: int | None = None) -> QuerySet[Entry]:
    """What was done, newest first; `code` matches from its beginning, e.g. `ticket.`."""
    entries = Entry.objects.order_by("-at", "-id")
    if code:
        entries = entries.filter(code__startswith=code)
    if customer_id is not None:
        entries = entries.filter(customer_id=customer_id)
    return entries


def mails(*, to: str = "") -> QuerySet[OutgoingMail]:
    """The outbox, newest first; `to` finds a part of the recipient's address."""
    rows = OutgoingMail.objects.order_by("-queued_at", "-id").defer("html", "text")
    return rows.filter(to__contains_folded=to) if to else rows


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


# What is kept no longer


def over(kind: str, at: datetime.datetime) -> QuerySet[Any]:
    """The rows of one kind of personal data whose time is over at `at` (`rules.KEPT_MONTHS`); what was emptied already
    is left out.
    """
    zone = provider.time_zone()
    today = calendar.date_on(at, zone)
    if kind == "sessions":
        return Session.objects.filter(expire_date__lt=at)
    if kind in _OF_ACCOUNTING:
        return _OF_ACCOUNTING[kind](rules.accounting_kept_from(today))
    return _OVER[kind](calendar.start_of(rules.kept_from(kind, today), zone))


def _tickets_over(before: datetime.datetime) -> QuerySet[Ticket]:
    return Ticket.objects.filter(state=Ticket.State.CLOSED, closed_at__lt=before).exclude(subject="")


def _unpaid_buyers(before: datetime.datetime) -> QuerySet[OrderBuyer]:
    """Of orders that ended without any money."""
    ended = (Order.State.EXPIRED, Order.State.CANCELLED)
    paid = Payment.objects.filter(cause_kind="order", cause_id=OuterRef("order_id"))
    found = OrderBuyer.objects.filter(order__state__in=ended, order__placed_at__lt=before).exclude(name="")
    return found.filter(~Exists(paid))


_OVER: dict[str, Callable[[datetime.datetime], QuerySet[Any]]] = {
    "mails": lambda before: OutgoingMail.objects.filter(queued_at__lt=before).exclude(state=OutgoingMail.State.WAITING),
    "spam": lambda before: ContactMessage.objects.filter(suspect=True, at__lt=before),
    "contact_messages": lambda before: ContactMessage.objects.filter(
        kind=ContactMessage.Kind.MESSAGE, suspect=False, at__lt=before
    ),
    "notices": lambda before: ContactMessage.objects.filter(at__lt=before).exclude(kind=ContactMessage.Kind.MESSAGE),
    "unconfirmed_questions": lambda before: FirstQuestion.objects.filter(ticket=None, expires_at__lt=before),
    "confirmed_questions": lambda before: FirstQuestion.objects.filter(expires_at__lt=before).exclude(ticket=None),
    "invitations": lambda before: Invitation.objects.filter(created_at__lt=before),
    "drafts": lambda before: Draft.objects.filter(at__lt=before),
    "tickets": _tickets_over,
    "order_addresses": lambda before: OrderBuyer.objects.filter(order__placed_at__lt=before).exclude(ip=None),
    "unpaid_orders": _unpaid_buyers,
}
_OF_ACCOUNTING: dict[str, Callable[[datetime.date], QuerySet[Any]]] = {
    "buyers": lambda before: OrderBuyer.objects.filter(order__settlement__invoice__issued_on__lt=before).exclude(
        name=""
    ),
    "payers": lambda before: PaymentDetails.objects.filter(payment__received_on__lt=before).exclude(
        payer="", bank="", document_number="", note="", undone_reason=""
    ),
    "invoices": lambda before: Content.objects.filter(invoice__issued_on__lt=before).exclude(data={}),
}
# In this order: mails go before the account that they were sent to.
KINDS_OVER = (*_OVER, *_OF_ACCOUNTING, "sessions")


def people_inactive(at: datetime.datetime) -> QuerySet[Person]:
    """Who has done nothing here for as long as accounts are kept, and for whom nothing is kept: no bought tickets or
    minutes, no credit, nothing that is still open.
    """
    zone = provider.time_zone()
    before = calendar.start_of(rules.kept_from("accounts", calendar.date_on(at, zone)), zone)
    mine = Membership.objects.active().filter(person=OuterRef("pk"))
    held = Q(available__gt=0) | Q(reserved__gt=0) | Q(frozen__gt=0)
    lots = Lot.objects.filter(held, origin=Lot.Origin.PURCHASED).values("customer")
    credit = Account.objects.filter(credit_cents__gt=0).values("customer")
    open_tickets = Ticket.objects.exclude(state=Ticket.State.CLOSED).values("customer")
    open_orders = Order.objects.open().values("customer")
    keeping = Q(customer__in=lots) | Q(customer__in=credit) | Q(customer__in=open_tickets)
    return (
        Person.objects.filter(staff=Person.Staff.NONE, is_active=True, created_at__lt=before)
        .filter(Q(last_login=None) | Q(last_login__lt=before))
        .exclude(Exists(Message.objects.filter(author=OuterRef("pk"), at__gte=before)))
        .exclude(Exists(Ticket.objects.filter(asked_by=OuterRef("pk"), opened_at__gte=before)))
        .exclude(Exists(Order.objects.filter(placed_by=OuterRef("pk"), placed_at__gte=before)))
        .exclude(Exists(mine.filter(keeping | Q(customer__in=open_orders))))
        .order_by("pk")
    )


def told_of_emptying(person: Person) -> OutgoingMail | None:
    """The mail by which this person was told that their account will be emptied; the last one."""
    return OutgoingMail.objects.filter(key__startswith=f"account_inactive:{person.pk}:").order_by("-queued_at").first()


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
