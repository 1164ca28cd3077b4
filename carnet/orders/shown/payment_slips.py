"""The sheet that says how an order is paid, in the reader's language."""

from pathlib import Path

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from carnet.documents import qr_codes, typesetting
from carnet.kernel import reading, references
from carnet.orders.models import Order, OrderMeans
from carnet.orders.queries import amounts, overdue, sales
from carnet.orders.shown import names
from carnet.provider import queries as provider
from carnet.web import formats

TEMPLATE = Path(__file__).parents[1] / "templates" / "orders" / "documents" / "slip.typ"


def has_slip(order: Order) -> bool:
    """Whether it is paid by what stands on a sheet, and whether that is on offer."""
    return order.means != OrderMeans.PAYPAL and order.means in sales.means_on_offer()


def slip(order: Order) -> bytes:
    """The PDF: what was ordered, and account or address, amount and reference to pay it with."""
    language, company = reading.language(), provider.company()
    due = amounts.sum_of(order)
    last_day = formats.day(overdue.last_day_to_pay(order), language)
    if order.means == OrderMeans.TRANSFER:
        rows = [
            [_("Account name"), company.account_holder],
            ["IBAN", references.grouped(company.iban)],
            ["BIC", company.bic],
        ]
    else:
        address = "\n".join(company.address_lines)
        rows = [[_("Cheque payable to"), company.name_with_form], [_("Send it to"), address]]
    data = {
        "language": language,
        "provider": company.trade_name,
        "title": _("How to pay order %(reference)s") % {"reference": order.reference_shown},
        "what": names.names_of(order, language),
        "rows": [
            *rows,
            *_taken_off(due, language),
            [_("Amount"), formats.money(due.due_cents, language)],
            [_("Reference"), order.reference_shown],
            [_("Pay by"), last_day],
        ],
        "hint": _("Quote the reference with your payment so that we know at once what it is for."),
        "qr": transfer_qr(order) if order.means == OrderMeans.TRANSFER else "",
        "qr_words": _("Code for your bank’s app: account, amount and reference of this transfer"),
    }
    return typesetting.pdf(TEMPLATE, data)


def _taken_off(due: amounts.Sum, language: str) -> list[list[str]]:
    """Why the amount is not the price: credit that was used, and what was paid already."""
    if not due.is_subtraction:
        return []
    parts = [(_("Credit used"), due.credit_cents), (_("Already paid"), due.paid_cents)]
    taken = [[words, formats.money(-cents, language)] for words, cents in parts if cents]
    return [[_("Price including VAT"), formats.money(due.price_cents, language)], *taken]


def transfer_qr(order: Order) -> SafeString:
    """The QR code as SVG."""
    return qr_codes.transfer_qr(transfer_payload(order))


def transfer_payload(order: Order) -> str:
    """What the QR code of a transfer says (EPC069-12): to whom, how much, which reference."""
    company = provider.company()
    return qr_codes.epc_payload(
        name=company.account_holder, iban=company.iban, bic=company.bic, amount_cents=amounts.missing_cents(order),
        reference=order.reference,
    )  # fmt: skip
