"""The words and documents of an invoice, made from its facts, in the three languages.

The words stand here and are no translations, so that a text of law changes nowhere else. What was made of an issued
invoice is kept, and shown as it was made.
"""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carnet.documents import typesetting
from carnet.invoices import queries, rules
from carnet.invoices.models import Invoice
from carnet.invoices.rules import InvoiceFacts, LineFacts, Paid, SellerFacts
from carnet.web import formats

TEMPLATE = Path(__file__).with_name("templates") / "invoices" / "documents" / "invoice.typ"

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "invoices.seller_unnamed": _(
        "The company’s name, address, SIREN or VAT number is missing, so no invoice can be issued. Nothing was"
        " recorded: complete the company under Settings first."
    ),
    "invoices.credit_note_beyond_invoice": _(
        "That is more than is left of this invoice to credit. Nothing was recorded."
    ),
    "invoices.emptied": _(
        "The customer’s name on this invoice was deleted after the legal period, so no credit note can be issued."
        " Nothing was recorded."
    ),
}

WORDS: dict[str, dict[str, str]] = {
    "fr": {
        "title": "Facture", "number": "Numéro", "issued_on": "Date d’émission", "delivered_on": "Date de la vente",
        "due_on": "Échéance", "order": "Commande", "seller": "Vendeur", "buyer": "Client", "what": "Désignation",
        "quantity": "Quantité", "unit": "Prix unitaire HT", "rate": "TVA", "net": "Montant HT",
        "by_rate": "TVA par taux", "base": "Base HT", "vat": "TVA", "total_net": "Total HT", "total_vat": "Total TVA",
        "total": "Total TTC", "paid": "Déjà payé", "left": "Reste à payer", "transfer": "virement du {day}",
        "cheque": "chèque reçu le {day}", "paypal": "PayPal le {day}", "credit": "crédit client utilisé le {day}",
        "siren": "SIREN", "vat_number": "N°\u00a0TVA", "capital": "Capital",
        "services": "Catégorie d’opération : prestation de services",
        "franchise": "TVA non applicable, art. 293\u00a0B du CGI",
        "reverse_charge": "Autoliquidation : TVA due par le preneur (art. 283-2 du CGI, art. 196 de la directive"
        " 2006/112/CE).",
        "outside_france": "TVA non applicable, art. 259, 1° du CGI : prestation située hors de France.",
        "export": "Exonération de TVA, art. 262\u00a0I du CGI.",
        "no_discount": "Pas d’escompte pour paiement anticipé.",
        "late_penalties": "En cas de retard de paiement : pénalités au taux de refinancement de la Banque centrale"
        " européenne majoré de 10\u00a0points de pourcentage, exigibles sans rappel.",
        "forty_euros": "Indemnité forfaitaire pour frais de recouvrement : 40\u00a0€.",
    },
    "en": {
        "title": "Invoice", "number": "Number", "issued_on": "Date of issue", "delivered_on": "Date of sale",
        "due_on": "Due date", "order": "Order", "seller": "Seller", "buyer": "Customer", "what": "Description",
        "quantity": "Quantity", "unit": "Unit price without VAT", "rate": "VAT", "net": "Amount without VAT",
        "by_rate": "VAT by rate", "base": "Amount without VAT", "vat": "VAT", "total_net": "Total without VAT",
        "total_vat": "Total VAT", "total": "Total with VAT", "paid": "Already paid", "left": "Left to pay",
        "transfer": "transfer of {day}", "cheque": "cheque received on {day}", "paypal": "PayPal on {day}",
        "credit": "credit used on {day}", "siren": "SIREN", "vat_number": "VAT no.", "capital": "Capital",
        "services": "Category of operation: supply of services",
        "franchise": "VAT not applicable, art. 293\u00a0B of the French tax code (CGI)",
        "reverse_charge": "Reverse charge: VAT is due from the customer (art. 283-2 of the French tax code, CGI;"
        " art. 196 of directive 2006/112/EC).",
        "outside_france": "VAT not applicable, art. 259, 1° of the French tax code (CGI): supply outside France.",
        "export": "Exempt from VAT, art. 262\u00a0I of the French tax code (CGI).",
        "no_discount": "No discount for early payment.",
        "late_penalties": "Late payment: penalties at the refinancing rate of the European Central Bank plus"
        " 10\u00a0percentage points, due without reminder.",
        "forty_euros": "Fixed compensation for recovery costs: €40.",
    },
    "es": {
        "title": "Factura", "number": "Número", "issued_on": "Fecha de emisión", "delivered_on": "Fecha de la venta",
        "due_on": "Vencimiento", "order": "Pedido", "seller": "Vendedor", "buyer": "Cliente", "what": "Concepto",
        "quantity": "Cantidad", "unit": "Precio unitario sin IVA", "rate": "IVA", "net": "Importe sin IVA",
        "by_rate": "IVA por tipo", "base": "Base imponible", "vat": "IVA", "total_net": "Total sin IVA",
        "total_vat": "Total IVA", "total": "Total con IVA", "paid": "Ya pagado", "left": "Por pagar",
        "transfer": "transferencia del {day}", "cheque": "cheque recibido el {day}", "paypal": "PayPal el {day}",
        "credit": "saldo a favor usado el {day}", "siren": "SIREN", "vat_number": "NIF-IVA", "capital": "Capital",
        "services": "Categoría de la operación: prestación de servicios",
        "franchise": "IVA no aplicable, art. 293\u00a0B del código fiscal francés (CGI)",
        "reverse_charge": "Inversión del sujeto pasivo: el IVA lo debe el cliente (art. 283-2 del código fiscal"
        " francés, CGI; art. 196 de la directiva 2006/112/CE).",
        "outside_france": "IVA no aplicable, art. 259, 1° del código fiscal francés (CGI): servicio prestado fuera de"
        " Francia.",
        "export": "Exento de IVA, art. 262\u00a0I del código fiscal francés (CGI).",
        "no_discount": "Sin descuento por pago anticipado.",
        "late_penalties": "En caso de demora en el pago: intereses al tipo de refinanciación del Banco Central"
        " Europeo más 10\u00a0puntos porcentuales, exigibles sin requerimiento.",
        "forty_euros": "Indemnización fija por gastos de cobro: 40\u00a0€.",
    },
}  # fmt: skip

SERVICE = {"fr": "assistance informatique", "en": "IT support", "es": "asistencia informática"}
OF = {"fr": "de", "en": "of", "es": "de"}
VALID = {"fr": "valables {months}", "en": "valid for {months}", "es": "con validez de {months}"}
VALID_ONE = {"fr": "valable {months}", "en": "valid for {months}", "es": "con validez de {months}"}

COUNTRIES: dict[str, dict[str, str]] = {
    "fr": {
        "AT": "Autriche", "BE": "Belgique", "BG": "Bulgarie", "CH": "Suisse", "CY": "Chypre", "CZ": "Tchéquie",
        "DE": "Allemagne", "DK": "Danemark", "EE": "Estonie", "ES": "Espagne", "FI": "Finlande", "FR": "France",
        "GB": "Royaume-Uni", "GR": "Grèce", "HR": "Croatie", "HU": "Hongrie", "IE": "Irlande", "IT": "Italie",
        "LT": "Lituanie", "LU": "Luxembourg", "LV": "Lettonie", "MT": "Malte", "NL": "Pays-Bas", "PL": "Pologne",
        "PT": "Portugal", "RO": "Roumanie", "SE": "Suède", "SI": "Slovénie", "SK": "Slovaquie",
    },
    "en": {
        "AT": "Austria", "BE": "Belgium", "BG": "Bulgaria", "CH": "Switzerland", "CY": "Cyprus", "CZ": "Czechia",
        "DE": "Germany", "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "FI": "Finland", "FR": "France",
        "GB": "United Kingdom", "GR": "Greece", "HR": "Croatia", "HU": "Hungary", "IE": "Ireland", "IT": "Italy",
        "LT": "Lithuania", "LU": "Luxembourg", "LV": "Latvia", "MT": "Malta", "NL": "Netherlands", "PL": "Poland",
        "PT": "Portugal", "RO": "Romania", "SE": "Sweden", "SI": "Slovenia", "SK": "Slovakia",
    },
    "es": {
        "AT": "Austria", "BE": "Bélgica", "BG": "Bulgaria", "CH": "Suiza", "CY": "Chipre", "CZ": "Chequia",
        "DE": "Alemania", "DK": "Dinamarca", "EE": "Estonia", "ES": "España", "FI": "Finlandia", "FR": "Francia",
        "GB": "Reino Unido", "GR": "Grecia", "HR": "Croacia", "HU": "Hungría", "IE": "Irlanda", "IT": "Italia",
        "LT": "Lituania", "LU": "Luxemburgo", "LV": "Letonia", "MT": "Malta", "NL": "Países Bajos", "PL": "Polonia",
        "PT": "Portugal", "RO": "Rumanía", "SE": "Suecia", "SI": "Eslovenia", "SK": "Eslovaquia",
    },
}  # fmt: skip


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
    words = {name: formats.typography(word, language) for name, word in WORDS[language].items()}
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
        "mentions": [words[term] for term in issued.terms],
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
        words = VALID_ONE if pack.count == 1 else VALID
        valid = ", " + words[language].format(months=formats.units(pack.validity_months, "month", language))
    said = f"{name} : {SERVICE[language]}" if language == "fr" else f"{name}: {SERVICE[language]}"
    what = holds(pack.unit, pack.count, pack.token_minutes, language)
    return formats.typography(f"{said}, {what}{valid}", language)


def holds(unit: str, count: int, token_minutes: int, language: str) -> str:
    """What a pack holds: 20 tickets of 30 min; 10 h."""
    if unit == "minute":
        return formats.duration(count * 60, language)
    each = formats.duration(token_minutes * 60, language)
    return f"{formats.units(count, 'token', language)} {OF[language]} {each}"


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
    abroad = "" if country == facts.seller.address.country else COUNTRIES[language].get(country, country)
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
