"""Money as it is shown, what counts as paid, and what proves the credit."""

import contextlib
import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Q, QuerySet, Sum

from carnet.kernel import calendar, encryption
from carnet.kernel.keys import Cause
from carnet.payments.models import (
    AccountComparison,
    Checkout,
    CreditAccount,
    CreditMovement,
    Difference,
    DifferenceQuerySet,
    FailedCall,
    OnlineAccess,
    OnlineNotice,
    OnlineReceipt,
    OnlineRefund,
    Payment,
)
from carnet.payments.rules import comparing, online, received
from carnet.people.models import Customer

PORTION = 500
SECRET_PURPOSE = "payments.online_access"


@dataclass(frozen=True, slots=True)
class AccessKept:
    """The access to the payment service as the desk sees it, without its secret.

    `source` is empty if there is none. `is_unreadable`: the secret was encrypted with another secret key of the site;
    `is_elsewhere`: this site may not ask that service (a copy of a live one, say).
    """

    source: Literal["environment", "desk", ""]
    client_id: str = ""
    environment: str = ""
    webhook_id: str = ""
    account_id: str = ""
    tested_at: datetime.datetime | None = None
    is_unreadable: bool = False
    is_elsewhere: bool = False

    @property
    def is_usable(self) -> bool:
        return bool(self.source) and not self.is_unreadable and not self.is_elsewhere


def credit_cents(customer: Customer) -> int:
    """The customer's credit now."""
    return CreditAccount.objects.filter(pk=customer.pk).values_list("credit_cents", flat=True).first() or 0


def credit_movements(customer: Customer) -> QuerySet[CreditMovement]:
    """Every change of the customer's credit, the last one first."""
    return CreditMovement.objects.filter(customer=customer).order_by("-sequence")


def payments(words: str = "", *, or_orders: QuerySet[Any] | tuple[()] = ()) -> QuerySet[Payment]:
    """Everything that came in, the last first; `words` are a part of a name, a bank, the number of a cheque or the note
    about it, or an amount. `or_orders` are numbers of orders whose payments are found, too.
    """
    beside = ("customer", "details", "clearing", "undone", "online_receipt", "online_fee")
    found = Payment.objects.select_related(*beside).order_by("-at", "-id")
    words = words.strip()
    if not words:
        return found
    matching = Q(customer__name__contains_folded=words) | Q(details__payer__contains_folded=words)
    matching |= Q(details__bank__contains_folded=words) | Q(details__note__contains_folded=words)
    plain = "".join(words.split())
    matching |= Q(details__document_number__icontains=plain) | Q(online_receipt__capture_id__iexact=plain)
    matching |= Q(cause_kind="order", cause_id__in=or_orders)
    with contextlib.suppress(received.NotAnAmount):
        matching |= Q(amount_cents=received.parse_amount(words))
    return found.filter(matching)


def payments_of(customer: Customer) -> QuerySet[Payment]:
    """What came in from this customer, the last first."""
    return payments().filter(customer=customer)


def turned_cents(payment: Payment) -> int:
    """How many cents of this payment became credit, less what was taken back of it."""
    found = CreditMovement.objects.filter(payment=payment).aggregate(sum=Sum("amount_cents"))["sum"]
    return found or 0


def checkouts_of(cause: Cause) -> QuerySet[Checkout]:
    """What was begun at the payment service to pay for this, the newest first."""
    return Checkout.objects.filter(**cause.columns).order_by("-pk")


def is_of_another(checkout: Checkout, *, external_id: str = "", capture_id: str = "") -> bool:
    """Whether another checkout than this one is known by this number of the service, or paid by this capture."""
    named = Q(external_id=external_id) if external_id else Q(capture_id=capture_id)
    return Checkout.objects.filter(named).exclude(pk=checkout.pk).exists()


# The payment service


def online_access() -> online.Access | None:
    """With what the payment service is asked: as the environment says, else as the owner gave it at the desk. None: it
    isn't offered, because nobody gave it or it can't be used here (`access_kept` tells why).
    """
    row = OnlineAccess.objects.first()
    kept = _kept(row)
    base_url = _base_url(kept.environment)
    if not kept.source or not base_url:
        return None
    secret = settings.PAYPAL_SECRET if kept.source == "environment" else _secret(row)
    if not secret:
        return None
    return online.Access(
        kept.client_id, secret, cast(online.Environment, kept.environment), base_url, kept.webhook_id, kept.account_id
    )


def access_kept() -> AccessKept:
    """The access to the payment service as the desk sees it."""
    return _kept(OnlineAccess.objects.first())


def access_environments() -> tuple[str, ...]:
    """Where this site may ask for payments: a live one where the money is real, another one never there."""
    return tuple(one for one in ("sandbox", "live", "stand_in") if _base_url(one))


def _kept(row: OnlineAccess | None) -> AccessKept:
    if settings.PAYPAL_CLIENT_ID:
        return _of_environment(row)
    if row is None or not row.secret_sealed:
        return AccessKept("")
    return AccessKept(
        "desk", row.client_id, row.environment, row.webhook_id, row.account_id, row.tested_at,
        is_unreadable=not _secret(row), is_elsewhere=not _base_url(row.environment),
    )  # fmt: skip


def _of_environment(row: OnlineAccess | None) -> AccessKept:
    """With what was found out about the same access since, which the row keeps for it, too."""
    client_id = settings.PAYPAL_CLIENT_ID
    environment = "stand_in" if settings.PAYPAL_STAND_IN else settings.PAYPAL_ENVIRONMENT
    webhook_id = settings.PAYPAL_WEBHOOK_ID
    if row is None or (row.client_id, row.environment) != (client_id, environment):
        return AccessKept("environment", client_id, environment, webhook_id)
    return AccessKept(
        "environment", client_id, environment, webhook_id or row.webhook_id, row.account_id, row.tested_at
    )


def _secret(row: OnlineAccess | None) -> str:
    """Empty if no present key of the site opens it."""
    if row is None:
        return ""
    try:
        return encryption.decrypt(row.secret_sealed, purpose=SECRET_PURPOSE)
    except encryption.EncryptedOtherwise:
        return ""


def _base_url(environment: str) -> str:
    """Where the service of this name is asked; empty if this site may not: with a stand-in only that is asked; a live
    site asks where the money is real, and nowhere else, as its books and invoices stay.
    """
    if settings.PAYPAL_STAND_IN or environment == "stand_in":
        return str(settings.PAYPAL_STAND_IN) if environment == "stand_in" else ""
    if (environment == "live") != (settings.MODE == "live"):
        return ""
    return online.BASE_URLS.get(environment, "")


def notices(state: str = "") -> QuerySet[OnlineNotice]:
    """What the service sent by itself, the last first; of one state, if it is named."""
    found = OnlineNotice.objects.order_by("-id").defer("body", "headers")
    return found.filter(state=state) if state else found


def calls_failed(limit: int) -> list[FailedCall]:
    """The last calls that the service refused or did not answer, the latest first."""
    return list(FailedCall.objects.order_by("-at", "-id")[:limit])


# The account at the payment service, compared with our books


def booked(
    period: comparing.ComparedPeriod, zone: ZoneInfo, environment: str, listed: Iterable[online.TransactionFound]
) -> list[comparing.Booked]:
    """Captures and money sent back of the days of this period, and those that the list names, in this environment of
    the service. What a lost dispute took back has another number there, and is named by its payment.
    """
    first = calendar.date_on(period.since, zone)
    listed = list(listed)
    ids = [one.external_id for one in listed]
    taken_back = [one.related_id for one in listed if one.kind == "reversal"]
    named = {*ids, *_disputes_of(taken_back)}
    receipts = OnlineReceipt.objects.filter(checkout__environment=environment).order_by("pk")
    receipts = receipts.filter(Q(payment__received_on__gte=first) | Q(capture_id__in=ids))
    found = [
        comparing.Booked(
            one.capture_id,
            "capture",
            one.payment.amount_cents,
            _fee(one.payment),
            one.payment.received_on,
            one.payment_id,
        )
        for one in receipts.select_related("payment__online_fee")
    ]
    refunds = OnlineRefund.objects.filter(payment__online_receipt__checkout__environment=environment).order_by("pk")
    for one in refunds.filter(Q(refunded_on__gte=first) | Q(external_id__in=named)):
        kind = cast(online.TransactionKind, one.kind)
        found.append(
            comparing.Booked(one.external_id, kind, -one.amount_cents, one.fee_cents, one.refunded_on, one.payment_id)
        )
    return [one for one in found if one.external_id in named or period.has_day(one.on, zone)]


def _disputes_of(captures: Collection[str]) -> QuerySet[OnlineRefund, str]:
    found = OnlineRefund.objects.filter(kind="reversal", payment__online_receipt__capture_id__in=captures)
    return found.values_list("external_id", flat=True)


def _fee(payment: Payment) -> int | None:
    return -payment.online_fee.fee_cents if hasattr(payment, "online_fee") else None


def payments_by_capture(captures: Collection[str]) -> dict[str, int]:
    """Which payment came by each of these captures, where it is ours."""
    return dict(OnlineReceipt.objects.filter(capture_id__in=list(captures)).values_list("capture_id", "payment_id"))


def references_of_checkouts(references: Collection[str]) -> set[str]:
    """Which of these references were to be paid at the service."""
    return set(Checkout.objects.filter(reference__in=list(references)).values_list("reference", flat=True))


def comparisons() -> QuerySet[AccountComparison]:
    """Every comparison with the account, the last one first."""
    return AccountComparison.objects.order_by("-at", "-id")


def compared_until() -> datetime.datetime | None:
    """Up to where the last comparison reached that didn't break off."""
    return comparisons().filter(failed="").values_list("until", flat=True).first()


def oldest_open_difference() -> datetime.datetime | None:
    """When the oldest happened that is not mended, as far as either side tells."""
    moments = [
        datetime.datetime.fromisoformat(str(side["at"])).replace(tzinfo=None)
        for row in Difference.objects.open()
        for side in (row.ours, row.theirs)
        if side and side.get("at")
    ]
    return min(moments).replace(tzinfo=datetime.UTC) if moments else None


def differences() -> DifferenceQuerySet:
    """Where the account and our books differ, the open ones first, then the last found first."""
    ended = (F(name).desc(nulls_first=True) for name in ("settled_at", "mended_at"))
    return Difference.objects.select_related("payment__customer").order_by(*ended, "-id")


def open_differences() -> int | None:
    """How many are open; None if the account was never compared."""
    if not AccountComparison.objects.exists():
        return None
    return Difference.objects.open().count()


def fees_unknown(environment: str, since: datetime.datetime) -> QuerySet[OnlineReceipt]:
    """Captures since then whose fee the service has not told yet, the first one first."""
    found = OnlineReceipt.objects.filter(payment__online_fee=None, checkout__environment=environment, at__gte=since)
    return found.select_related("payment").order_by("pk")
