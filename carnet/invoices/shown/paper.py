"""What an invoice or a credit note says on paper, in the three languages, made from its facts."""

from decimal import Decimal
from typing import Any

from carnet.invoices import rules
from carnet.invoices.rules import InvoiceFacts, LineFacts, Paid, SellerFacts
from carnet.invoices.shown import invoice_words
from carnet.kernel import references
from carnet.web import formats


def in_words(language: str, issued: rules.Issued) -> dict[str, Any]:
    """All that the document shows, in one language; the template adds nothing."""
    words = {name: formats.typography(word, language) for name, word in invoice_words.WORDS[language].items()}
    facts = issued.facts

    def amount(cents: int) -> str:
        return formats.money(cents, language)

    def rate(permille: int) -> str:
        return _rate(permille, language)

    sums = rules.totals(facts.lines)
    return {
        "language": language,
        "title": f"{words['credit_note' if issued.corrects else 'title']} {issued.number}",
        "seller_title": words["seller"],
        "seller": [line for line in _seller(facts.seller, words, language) if line],
        "buyer_title": words["buyer"],
        "buyer": [line for line in _buyer(facts, words, language) if line],
        "facts": _facts(issued, words, language),
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
            [words["total"], amount(issued.gross_cents)],
            *([_paid(one, issued, words, language), amount(one.amount_cents)] for one in facts.paid),
            *_left(issued, words, language),
        ],
        "account": _account(issued, words),
        "mentions": [issued.mentions[language][term] for term in issued.terms if not _is_idle(term, issued)],
        "author": facts.seller.name,
        "pages": "1/1",
    }


def _facts(issued: rules.Issued, words: dict[str, str], language: str) -> list[list[str]]:
    """Numbers and days. A credit note names the invoice that it corrects, and why."""
    facts, corrects = issued.facts, issued.corrects
    told = [[words["number"], issued.number], [words["issued_on"], formats.day(issued.issued_on, language)]]
    if corrects:
        original = words["of_day"].format(number=corrects.number, day=formats.day(corrects.issued_on, language))
        told += [[words["corrects"], original], [words["reason"], invoice_words.REASONS[language][corrects.reason]]]
    else:
        told.append([words["delivered_on"], formats.day(facts.delivered_on, language)])
        if facts.buyer.is_company:  # must be told when it has to pay (L441-9)
            told.append([words["due_on"], formats.day(issued.due_on, language)])
    return [*told, [words["order"], facts.order_reference]]


def _left(issued: rules.Issued, words: dict[str, str], language: str) -> list[list[str]]:
    """What is left to pay; on a credit note what no money goes back for, as it was not paid."""
    if issued.corrects and not issued.left_cents:
        return []
    return [[words["deducted" if issued.corrects else "left"], formats.money(issued.left_cents, language)]]


def _account(issued: rules.Issued, words: dict[str, str]) -> list[list[str]]:
    """Where to pay what is left."""
    seller = issued.facts.seller
    if issued.corrects or not issued.left_cents or not seller.iban:
        return []
    told = [
        [words["holder"], seller.account_holder], ["IBAN", references.grouped(seller.iban)], ["BIC", seller.bic],
        [words["reference"], references.grouped(issued.facts.order_reference)],
    ]  # fmt: skip
    return [[words["pay_to"], ""], *(row for row in told if row[1])]


def _is_idle(term: rules.Term, issued: rules.Issued) -> bool:
    """Whether it is about paying later, which nobody does with a credit note."""
    return bool(issued.corrects) and term in ("no_discount", "late_penalties", "forty_euros")


def designation(line: LineFacts, language: str) -> str:
    """What was sold, as an invoice must say it (CGI ann. II art. 242 nonies A): its name, and of a pack the service,
    how much of it, and how long it is valid; on a credit note how much of it is taken back.
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
    back = ", " + _taken_back(line.units_back, pack, language) if line.units_back else ""
    return formats.typography(f"{said}, {what}{valid}{back}", language)


def _taken_back(units: int, pack: rules.PackSold, language: str) -> str:
    """17 tickets of 20; 5 h of 10 h."""
    if pack.unit == "minute":
        back, whole = formats.duration(units * 60, language), formats.duration(pack.count * 60, language)
    else:
        back, whole = formats.units(units, "token", language), formats.number(pack.count, language)
    return invoice_words.WORDS[language]["taken_back"].format(back=back, all=whole)


def holds(unit: str, count: int, token_minutes: int, language: str) -> str:
    """What a pack holds: 20 tickets of 30 min; 10 h."""
    if unit == "minute":
        return formats.duration(count * 60, language)
    each = formats.duration(token_minutes * 60, language)
    return f"{formats.units(count, 'token', language)} {invoice_words.OF[language]} {each}"


def capital_of(seller: SellerFacts, language: str) -> str:
    """What a company must say of its capital (code de commerce R123-238)."""
    if seller.capital_cents is None:
        return ""
    return f"{invoice_words.WORDS[language]['capital']} {formats.price(seller.capital_cents, language)}"


def _seller(seller: SellerFacts, words: dict[str, str], language: str) -> list[str]:
    return [
        seller.name, *seller.address.lines, capital_of(seller, language), _named(words["siren"], seller.siren),
        seller.registry, _named(words["vat_number"], seller.vat_number), seller.phone, seller.email,
    ]  # fmt: skip


def _buyer(facts: InvoiceFacts, words: dict[str, str], language: str) -> list[str]:
    buyer, country = facts.buyer, facts.buyer.address.country
    abroad = "" if country == facts.seller.address.country else invoice_words.COUNTRIES[language].get(country, country)
    return [
        buyer.name, *buyer.address.lines, abroad, _named(words["siren"], buyer.siren),
        _named(words["vat_number"], buyer.vat_number),
    ]  # fmt: skip


def _paid(paid: Paid, issued: rules.Issued, words: dict[str, str], language: str) -> str:
    if issued.corrects:
        return words[f"back_{paid.means}"]
    return f"{words['paid']}, {words[paid.means].format(day=formats.day(paid.on, language))}"


def _rate(permille: int, language: str) -> str:
    percent = formats.number(Decimal(permille) / 10, language, places=1 if permille % 10 else 0)
    return f"{percent}{formats.NO_BREAK}%" if permille else "–"


def _named(name: str, value: str) -> str:
    return f"{name} {value}" if value else ""
