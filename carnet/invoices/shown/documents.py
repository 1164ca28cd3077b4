"""The documents of an invoice, made from its facts, in the three languages. What was made of an issued invoice is kept,
and shown as it was made.
"""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from carnet.documents import typesetting
from carnet.invoices import queries, rules
from carnet.invoices.models import Invoice
from carnet.invoices.rules import InvoiceFacts, LineFacts, Paid, SellerFacts
from carnet.invoices.shown import invoice_words
from carnet.web import formats

TEMPLATE = Path(__file__).parents[1] / "templates" / "invoices" / "documents" / "invoice.typ"


def pdf_of(invoice: Invoice, language: str = "") -> bytes:
    """The document in French or in the customer's language (that one if nothing is said), as it was made; set now if
    the worker has not come to it yet: that one will be the same.
    """
    language = language or invoice.language
    return queries.kept_pdf(invoice, language) or set_in(invoice, language)


def set_in(invoice: Invoice, language: str) -> bytes:
    """The document set from the facts; the same every time, because its date is the day of issue."""
    day = invoice.issued_on
    data = in_words(language, queries.issued(invoice))
    return typesetting.pdf(TEMPLATE, data | {"day": [day.year, day.month, day.day]})


def in_words(language: str, issued: rules.Issued) -> dict[str, Any]:
    """All that the document shows, in one language; the template adds nothing."""
    words = {name: formats.typography(word, language) for name, word in invoice_words.WORDS[language].items()}
    facts = issued.facts

    def amount(cents: int) -> str:
        return formats.money(cents, language)

    def rate(permille: int) -> str:
        return _rate(permille, language)

    def day(date: datetime.date) -> str:
        return formats.day(date, language)

    sums = rules.totals(facts.lines)
    gross = sum(total.gross_cents for total in sums)
    received = sum(one.amount_cents for one in facts.paid)
    return {
        "language": language,
        "title": f"{words['title']} {issued.number}",
        "seller_title": words["seller"],
        "seller": [line for line in _seller(facts.seller, words, language) if line],
        "buyer_title": words["buyer"],
        "buyer": [line for line in _buyer(facts, words, language) if line],
        "facts": [
            [words["number"], issued.number],
            [words["issued_on"], day(issued.issued_on)],
            [words["delivered_on"], day(facts.delivered_on)],
            # A business must be told when it has to pay (L441-9).
            *([[words["due_on"], day(issued.due_on)]] if facts.buyer.is_company else []),
            [words["order"], facts.order_reference],
        ],
        "columns": [words[name] for name in ("what", "quantity", "unit", "rate", "net")],
        "lines": [
            [
                designation(line, language),
                formats.number(line.quantity, language),
                amount(line.unit_cents),
                rate(line.vat_permille),
                amount(line.net_cents),
            ]
            for line in facts.lines
        ],
        "vat_columns": [words[name] for name in ("by_rate", "base", "vat")],
        "vat": [[rate(one.vat_permille), amount(one.net_cents), amount(one.vat_cents)] for one in sums],
        "totals": [
            [words["total_net"], amount(sum(total.net_cents for total in sums))],
            [words["total_vat"], amount(sum(total.vat_cents for total in sums))],
            [words["total"], amount(gross)],
            *([_paid(one, words, language), amount(one.amount_cents)] for one in facts.paid),
            [words["left"], amount(max(0, gross - received))],
        ],
        "mentions": [issued.mentions[language][term] for term in issued.terms],
        "author": facts.seller.name,
        "pages": "1/1",
    }


def designation(line: LineFacts, language: str) -> str:
    """What was sold, as an invoice must say it (CGI ann. II art. 242 nonies A): its name, and of a pack the service,
    how much of it, and how long it is valid.
    """
    name, pack = line.names[language], line.pack
    if pack is None:
        return name
    valid = ""
    if pack.validity_months:
        words = invoice_words.VALID_ONE if pack.count == 1 else invoice_words.VALID
        valid = ", " + words[language].format(months=formats.units(pack.validity_months, "month", language))
    said = (
        f"{name} : {invoice_words.SERVICE[language]}"
        if language == "fr"
        else f"{name}: {invoice_words.SERVICE[language]}"
    )
    what = holds(pack.unit, pack.count, pack.token_minutes, language)
    return formats.typography(f"{said}, {what}{valid}", language)


def holds(unit: str, count: int, token_minutes: int, language: str) -> str:
    """What a pack holds: 20 tickets of 30 min; 10 h."""
    if unit == "minute":
        return formats.duration(count * 60, language)
    each = formats.duration(token_minutes * 60, language)
    return f"{formats.units(count, 'token', language)} {invoice_words.OF[language]} {each}"


def _seller(seller: SellerFacts, words: dict[str, str], language: str) -> list[str]:
    capital = ""
    if seller.capital_cents is not None:
        capital = f"{words['capital']} {formats.price(seller.capital_cents, language)}"
    return [
        seller.name, *seller.address.lines, capital, _named(words["siren"], seller.siren), seller.registry,
        _named(words["vat_number"], seller.vat_number), seller.phone, seller.email,
    ]  # fmt: skip


def _buyer(facts: InvoiceFacts, words: dict[str, str], language: str) -> list[str]:
    buyer, country = facts.buyer, facts.buyer.address.country
    abroad = "" if country == facts.seller.address.country else invoice_words.COUNTRIES[language].get(country, country)
    return [
        buyer.name, *buyer.address.lines, abroad, _named(words["siren"], buyer.siren),
        _named(words["vat_number"], buyer.vat_number),
    ]  # fmt: skip


def _paid(paid: Paid, words: dict[str, str], language: str) -> str:
    return f"{words['paid']}, {words[paid.means].format(day=formats.day(paid.on, language))}"


def _rate(permille: int, language: str) -> str:
    percent = formats.number(Decimal(permille) / 10, language, places=1 if permille % 10 else 0)
    return f"{percent}{formats.NO_BREAK}%" if permille else "–"


def _named(name: str, value: str) -> str:
    return f"{name} {value}" if value else ""
