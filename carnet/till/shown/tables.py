"""The desk's list of payments as a table for people: in the reader's language, with the numbers that customers know."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from carnet.kernel import calendar
from carnet.orders.queries import lists
from carnet.orders.shown.tables import MEANS, Row, euros
from carnet.payments.models import Payment
from carnet.provider import queries as provider
from carnet.web.spreadsheets import as_text


def payments() -> Iterator[Row]:
    yield (
        _("Received on"), _("Customer"), _("Means of payment"), _("Amount"), _("Order"), _("Payer"), _("Bank"),
        _("Cheque or transfer number"), _("Undone on"), _("Reason"), _("PayPal payment"), _("Fee"), _("Net"),
        _("Refunded or taken back"),
    )  # fmt: skip
    for one, order in lists.with_orders(lists.payments_found("")):
        yield (
            one.received_on, as_text(one.customer.name), MEANS[one.means], euros(one.amount_cents),
            order.reference if order else "", as_text(one.details.payer), as_text(one.details.bank),
            as_text(one.details.document_number), _undone_on(one), as_text(one.details.undone_reason), *_online(one),
        )  # fmt: skip


def _undone_on(payment: Payment) -> str:
    return calendar.date_on(payment.undone.at, provider.time_zone()).isoformat() if hasattr(payment, "undone") else ""


def _online(payment: Payment) -> Row:
    """What a payment service says of it: its capture, what was kept, what is left, and what went back."""
    fee = getattr(payment, "online_fee", None)
    gone_cents = sum(refund.amount_cents for refund in payment.online_refunds.all())
    return (
        payment.online_receipt.capture_id if hasattr(payment, "online_receipt") else "",
        euros(fee.fee_cents) if fee else "", euros(fee.net_cents) if fee else "",
        euros(gone_cents) if gone_cents else "",
    )  # fmt: skip
