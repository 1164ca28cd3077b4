import datetime
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet

from carnet.audit.models import Entry
from carnet.catalogue.models import VatCheckDetails
from carnet.invoices import queries as invoices
from carnet.kernel import calendar
from carnet.ledger.models import Lot
from carnet.mail.models import OutgoingMail
from carnet.office import rules
from carnet.orders.models import Order, OrderBuyer
from carnet.payments.models import CreditAccount, FailedCall, OnlineNotice, Payment, PaymentDetails
from carnet.people.models import Invitation, Membership, Person
from carnet.provider import queries as provider
from carnet.repayments.models import RepaymentAccount
from carnet.tickets.models import ContactMessage, Draft, FirstQuestion, Message, Ticket
from carnet.till.models import RefundNote, WithdrawalDetails


def audit_entries(*, code: str = "", customer_id: int | None = None) -> QuerySet[Entry]:
    """What was done, newest first; `code` matches from its beginning, e.g. `ticket.`."""
    entries = Entry.objects.order_by("-at", "-id")
    if code:
        entries = entries.filter(code__startswith=code)
    if customer_id is not None:
        entries = entries.filter(customer_id=customer_id)
    return entries


def access_history(limit: int = 20) -> list[Entry]:
    """What was done to the access to the payment service, the latest first."""
    return list(Entry.objects.filter(subject_kind="online_access").order_by("-id")[:limit])


def names_of(person_ids: Iterable[int | None]) -> dict[int | None, str]:
    """The names of those who did something, by their number."""
    wanted = {one for one in person_ids if one is not None}
    return {person.pk: str(person) for person in Person.objects.filter(pk__in=wanted)}


def mails(*, to: str = "") -> QuerySet[OutgoingMail]:
    """The outbox, newest first; `to` finds a part of the recipient's address."""
    rows = OutgoingMail.objects.order_by("-queued_at", "-id").defer("html", "text")
    return rows.filter(to__contains_folded=to) if to else rows


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
    "withdrawals": lambda before: WithdrawalDetails.objects.filter(withdrawal__declared_at__lt=before),
    "payment_notices": lambda before: OnlineNotice.objects.filter(received_at__lt=before),
    "forged_notices": lambda before: OnlineNotice.objects.filter(
        received_at__lt=before, state__in=(OnlineNotice.State.FORGED, OnlineNotice.State.RECEIVED)
    ),
    "failed_calls": lambda before: FailedCall.objects.filter(at__lt=before),
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
    "vat_checks": lambda before: VatCheckDetails.objects.filter(
        vat_check__at__lt=calendar.start_of(before, provider.time_zone())
    ),
    "refund_notes": lambda before: RefundNote.objects.filter(
        refund__at__lt=calendar.start_of(before, provider.time_zone())
    ),
    "refund_accounts": lambda before: RepaymentAccount.objects.filter(repayment__sent_on__lt=before),
    "invoices": invoices.named_before,
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
    credit = CreditAccount.objects.filter(credit_cents__gt=0).values("customer")
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
