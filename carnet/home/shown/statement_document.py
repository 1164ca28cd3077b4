"""The statement as a document in the reader's language: balances of the period's ends, and every entry between them."""

import datetime
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from carnet.documents import typesetting
from carnet.home.queries.statement import CustomerStatement, Group
from carnet.home.queries.statement_entries import StatementEntries, StatementEntry
from carnet.home.queries.statement_rows import StatementRow, Worked, rows_of
from carnet.home.shown import statement_entry_words, statement_words
from carnet.kernel import reading
from carnet.ledger import queries as ledger
from carnet.ledger import rules
from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.tickets.shown import sessions
from carnet.web import formats

TEMPLATE = Path(__file__).parents[1] / "templates" / "home" / "documents" / "statement.typ"
MOST_LINES = 2000  # some hundred pages; a longer period is a table's work


def document_of(lines: CustomerStatement, *, reader: Person) -> bytes:
    """The PDF, the oldest entry first, with what `reader` may know of tickets (P2); of at most MOST_LINES movements."""
    if len(lines) > MOST_LINES:
        raise ValueError(f"too long for a document: {len(lines)} lines")
    language, period = reading.language(), lines.period
    days = {"first": formats.day(period.first_day, language), "last": formats.day(period.last_day, language)}
    entries = StatementEntries(lines).oldest_first()
    rows = iter(rows_of([line for entry in entries for line in entry.lines], reader=reader))
    written = [(entry, [next(rows) for _line in entry.lines]) for entry in entries]
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
        "columns": [_("When"), _("What happened"), _("Rules"), pgettext("of a balance", "Change"), _("Balance after")],
        "lines": [_entry(entry, mine, lines) for entry, mine in written],
        "rules_title": _("The rules"),
        "rules": _rules(entries),
    }  # fmt: skip
    return typesetting.pdf(TEMPLATE, data)


def _balances(lines: CustomerStatement) -> list[list[str]]:
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
    left = formats.amount(balance.available, unit, reading.language())
    if not balance.reserved:
        return left
    reserved = _("%(units)s reserved") % {"units": formats.amount(balance.reserved, unit, reading.language())}
    return f"{left}, {reserved}"


def _entry(entry: StatementEntry, rows: list[StatementRow], lines: CustomerStatement) -> dict[str, str | list[str]]:
    words, sessions = (
        statement_entry_words.words_of(entry, rows, reader=""),
        [one for row in rows for one in row.sessions],
    )
    day = entry.last.at.astimezone(lines.zone).date()
    return {
        "at": formats.day(day, reading.language()),
        "what": words.title,
        "about": ", ".join([*_number(entry, words.is_typed), *words.about]),
        "details": [*(row.note for row in rows if row.note), *map(_session, sessions)],
        "rules": ", ".join(dict.fromkeys(statement_words.rule_of(line) for line in entry.lines)),
        "change": [one.change for one in words.amounts],
        "after": [one.after for one in words.amounts],
    }


def _number(entry: StatementEntry, has_subject: bool) -> list[str]:
    return [_("Ticket %(number)s") % {"number": entry.ticket}] if entry.ticket and has_subject else []


def _rules(entries: list[StatementEntry]) -> list[list[str]]:
    """Every rule that an entry names, in words."""
    named = {statement_words.rule_of(line) for entry in entries for line in entry.lines}
    return [[rule, str(words)] for rule, words in statement_words.RULES.items() if rule in named]


def _session(session: Worked) -> str:
    parts = [formats.clock(session.seconds), session.agent, sessions.not_charged(session.kind), session.reason]
    return ", ".join(part for part in parts if part)
