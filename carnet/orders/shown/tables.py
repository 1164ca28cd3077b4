"""The desk's lists as tables for people: in the reader's language, with the numbers that customers know."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carnet.invoices.models import Invoice
from carnet.kernel import reading
from carnet.orders.queries import lists, overdue
from carnet.orders.shown.names import names_of
from carnet.orders.shown.states import state_of
from carnet.payments.models import Means
from carnet.web.spreadsheets import as_text

Row = tuple[object, ...]
MEANS: dict[str, Promise | str] = {
    Means.TRANSFER: gettext_lazy("Bank transfer"),
    Means.CHEQUE: gettext_lazy("Cheque"),
    Means.PAYPAL: "PayPal",
}
DOCUMENTS: dict[str, Promise] = {
    Invoice.Kind.INVOICE: gettext_lazy("Invoice"),
    Invoice.Kind.CREDIT_NOTE: gettext_lazy("Credit note"),
}


def orders() -> Iterator[Row]:
    language = reading.language()
    yield (
        _("Reference"), _("Ordered on"), _("Customer"), _("Offer"), _("Price"), _("VAT"), _("Credit used"), _("Status"),
        _("Means of payment"), _("Last day to pay"), _("Invoice"),
    )  # fmt: skip
    for one in lists.orders_found(only_open=False):
        yield (
            one.reference, one.ordered_on, as_text(one.customer.name), names_of(one, language), euros(one.price_cents),
            euros(one.vat_cents), euros(one.credit_used_cents), state_of(one, at_desk=True).words, MEANS[one.means],
            overdue.last_day_to_pay(one), one.settlement.invoice.number if one.is_settled else "",
        )  # fmt: skip


def invoices() -> Iterator[Row]:
    """Credit notes with amounts below zero, so that a column comes to what was sold."""
    yield (
        _("Number"), _("Type"), _("Corrects"), _("Date"), _("Customer"), _("Excluding VAT"), _("VAT"), _("Total"),
    )  # fmt: skip
    for one in lists.invoices_found(""):
        sign = -1 if one.is_credit_note else 1
        yield (
            one.number, DOCUMENTS[one.kind], one.corrects.number if one.corrects else "", one.issued_on,
            as_text(one.customer.name), euros(sign * one.net_cents), euros(sign * one.vat_cents),
            euros(sign * one.gross_cents),
        )  # fmt: skip


def euros(cents: int) -> str:
    """1234,50: as spreadsheets in France and Spain read it; in English with a point."""
    sign, point = "-" if cents < 0 else "", "." if reading.language() == "en" else ","
    return f"{sign}{abs(cents) // 100}{point}{abs(cents) % 100:02d}"
