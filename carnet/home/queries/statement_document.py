"""The statement as a document in the reader's language: balances of the period's ends, and every line between them."""

import datetime
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from carnet.home.queries import statement_words
from carnet.home.queries.statement import Group, Statement
from carnet.home.queries.statement_rows import Row, Worked, rows_of
from carnet.ledger import queries as ledger
from carnet.ledger import rules
from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.tickets.queries import threads
from carnet.web import documents, formats

TEMPLATE = Path(__file__).parents[1] / "templates" / "home" / "documents" / "statement.typ"
MOST_LINES = 2000  # some hundred pages; a longer period is a table's work


def document_of(lines: Statement, *, reader: Person) -> bytes:
    """The PDF, the oldest line first, with what `reader` may know of tickets (P2); of at most MOST_LINES lines."""
    if len(lines) > MOST_LINES:
        raise ValueError(f"too long for a document: {len(lines)} lines")
    language, period = _language(), lines.period
    days = {"first": formats.day(period.first_day, language), "last": formats.day(period.last_day, language)}
    rows = rows_of(lines.oldest_first(), reader=reader)
    data = {
        "language": language,
        "provider": provider.company().trade_name,
        "customer": lines.customer.name,
        "title": _("Statement"),
        "period": _("From %(first)s to %(last)s") % days,
        "pages": "1/1",
        "balances_title": _("Balance"),
        "balance_columns": [_("Tickets and minutes"), _("Opening balance"), _("Closing balance")],
        "balances": _balances(lines),
        "lines_title": _("Transactions"),
        "nothing": _("No transactions from %(first)s to %(last)s.") % days,
        "columns": [
            _("No."), _("When"), _("What happened"), _(
                "Tickets and minutes"
            ), _("Rule"), _("Balance after"), _("Reserved"),
        ],
        "lines": [_line(row, lines) for row in rows],
    }  # fmt: skip
    return documents.pdf(TEMPLATE, data)


def _balances(lines: Statement) -> list[list[str]]:
    """Of each kind of unit of the period: what was left before its first day, and what was left after its last."""
    before = ledger.balance_on(lines.customer, lines.period.first_day - datetime.timedelta(days=1))
    after = ledger.balance_on(lines.customer, lines.period.last_day)
    groups: tuple[tuple[Group, str, rules.Balance, rules.Balance], ...] = (
        ("token", "token", before.tokens, after.tokens),
        ("minute", "minute", before.minutes, after.minutes),
        ("free", "minute", before.free_minutes, after.free_minutes),
    )
    return [
        [statement_words.group_name(group), _left(first, unit), _left(last, unit)]
        for group, unit, first, last in groups
        if lines.period.unit in ("", unit) and (last != rules.Balance() or group == "token")
    ]


def _left(balance: rules.Balance, unit: str) -> str:
    left = formats.units(balance.available, unit, _language())
    if not balance.reserved:
        return left
    reserved = _("%(units)s reserved") % {"units": formats.units(balance.reserved, unit, _language())}
    return f"{left}, {reserved}"


def _line(row: Row, lines: Statement) -> dict[str, str | list[str]]:
    words, movement = statement_words.words_of(row.line), row.line.movement
    at = row.line.at.astimezone(lines.zone)
    ticket = [" – ".join(filter(None, [row.ticket.asked_by, row.ticket.subject]))] if row.ticket else []
    return {
        "number": str(movement.sequence) if movement else "–",
        "at": f"{formats.day(at.date(), _language())}, {formats.time_of_day(at, _language())}",
        "what": words.what,
        "lot": words.lot,
        "why": words.why.removesuffix("."),
        "details": [*ticket, *(_session(one) for one in row.sessions)],
        "units": words.units,
        "rule": words.rule,
        "rule_words": words.rule_words,
        "left": words.left,
        "reserved": words.reserved,
    }


def _session(session: Worked) -> str:
    parts = [formats.clock(session.seconds), session.agent, threads.not_charged(session.kind), session.reason]
    return ", ".join(part for part in parts if part)


def _language() -> str:
    return (get_language() or "fr")[:2]
