"""The entries of the statement in the reader's words, for the page and the document alike."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from carnet.home.queries.statement import Group, StatementLine
from carnet.home.queries.statement_entries import END, Amount, StatementEntry
from carnet.home.queries.statement_rows import StatementRow, TicketNamed
from carnet.home.shown import statement_words
from carnet.kernel import reading
from carnet.ledger import rules
from carnet.ledger.models import Lot, Movement
from carnet.ledger.queries import CustomerBalance
from carnet.web import formats


@dataclass(frozen=True, slots=True)
class AmountWords:
    """What was added or taken off, with its sign; and below it the balance after it, or that it is only reserved."""

    change: str
    after: str


@dataclass(frozen=True, slots=True)
class EntryWords:
    """An entry as it is read. `title` is what people typed, if the reader may read it, else words of ours. `about` says
    which pack, who asked if that was another than the reader, and what the sign does not tell.
    """

    title: str
    is_typed: bool
    about: list[str]
    amounts: list[AmountWords]
    icon: str


# What tells most of an entry that is about no ticket, if it has several lines.
TELLING = (Movement.Kind.OPENED, Movement.Kind.REFUNDED, Movement.Kind.UNFROZEN)


def words_of(entry: StatementEntry, rows: list[StatementRow], *, reader: str) -> EntryWords:
    """The entry in the active language; `rows` are its lines with what the reader may know of the ticket (P2)."""
    named = next((row.ticket for row in rows if row.ticket), None)
    title, is_typed = _title(entry, named)
    about = _about_ticket(entry, named, reader) if entry.ticket else [_what_happened(entry)]
    return EntryWords(title, is_typed, about, [_amount(one, entry) for one in entry.amounts], _icon(entry))


def _title(entry: StatementEntry, named: TicketNamed | None) -> tuple[str, bool]:
    if not entry.ticket:
        return statement_words.lot_name(_lot_of(entry)), False
    if named and named.subject:
        return named.subject, True
    return _("Ticket %(number)s") % {"number": entry.ticket}, False


def _about_ticket(entry: StatementEntry, named: TicketNamed | None, reader: str) -> list[str]:
    lots = {line.lot.pk: line.lot for line in entry.lines}
    names = [statement_words.lot_name(lot).replace(" ", formats.NO_BREAK) for lot in lots.values()]
    asked_by = named.asked_by if named and named.asked_by != reader else ""
    return [part for part in (formats.listing(names, reading.language()), asked_by, _outcome(entry)) if part]


def _lot_of(entry: StatementEntry) -> Lot:
    """What a purchase or a gift brought, or the lot that the calendar ended."""
    return next((line.lot for line in entry.lines if line.kind == Movement.Kind.OPENED), entry.lines[0].lot)


def _what_happened(entry: StatementEntry) -> str:
    telling = (line for kind in TELLING for line in entry.lines if line.kind == kind)
    opened = next(telling, entry.lines[0])
    words = statement_words.what(opened)
    revived = sum(line.change for line in entry.lines if line.kind == Movement.Kind.LAST_DAY and line.change > 0)
    if not revived:
        return words
    units = formats.units(revived, _unit(opened.group), reading.language())
    return _("%(what)s; dormant before: %(units)s") % {"what": words, "units": units}


def _amount(one: Amount, entry: StatementEntry) -> AmountWords:
    unit, language = _unit(one.group), reading.language()
    count = one.reserved if entry.is_reserved else one.change
    if entry.is_reserved:  # it is not off the balance yet, and has no sign
        return AmountWords(formats.amount(count, unit, language), statement_words.reserved(count, one.group))
    balance = (
        formats.duration(one.balance * 60, language) if unit == "minute" else formats.number(one.balance, language)
    )
    return AmountWords(formats.change(count, unit, language), _("balance %(units)s") % {"units": balance})


def _outcome(entry: StatementEntry) -> str:
    """What the sign does not tell: that nothing was used, or that an earlier line is corrected."""
    if entry.has(Movement.Kind.CORRECTED):
        return _("corrected")
    return "" if entry.is_reserved or any(one.change for one in entry.amounts) else _("nothing used")


def _icon(entry: StatementEntry) -> str:
    if entry.cause_kind == END:
        return "moon" if entry.last.kind == "dormant" else "x"
    if entry.is_reserved:
        return "hourglass"
    if entry.ticket:
        return "ticket"
    if entry.has(Movement.Kind.FROZEN) or entry.has(Movement.Kind.REFUNDED):
        return "lock"
    return "gift" if _lot_of(entry).origin != Lot.Origin.PURCHASED else "plus"


def line_units(line: StatementLine) -> str:
    """How many units a movement is about, with the sign of what it does to what can be used."""
    unit, language = _unit(line.group), reading.language()
    if line.change or not line.units:
        return formats.change(line.change, unit, language) if line.change else ""
    return formats.amount(line.units, unit, language)


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """One kind of unit on a day: what can be used, and in words what else there is."""

    name: str
    left: str
    others: list[str]


def standings_of(balance: CustomerBalance) -> list[UnitStanding]:
    """Of each kind of unit what can be used on that day, with what is reserved, dormant or frozen named beside it."""
    return [
        UnitStanding(
            statement_words.group_name(group), formats.amount(sums.available, unit, reading.language()), others
        )
        for group, unit, sums in _groups(balance)
        if (others := _others(sums, unit)) or sums.available
    ]


def _others(sums: rules.Balance, unit: str) -> list[str]:
    counts = (
        (_("reserved: %(units)s"), sums.reserved),
        (_("dormant: %(units)s"), sums.dormant),
        (_("frozen: %(units)s"), sums.frozen),
    )
    return [words % {"units": formats.amount(count, unit, reading.language())} for words, count in counts if count]


def carried_over(balance: CustomerBalance) -> str:
    """What could be used or was reserved on that day, of each kind; empty if there was nothing."""
    counts = [(unit, sums.available + sums.reserved) for _group, unit, sums in _groups(balance)]
    parts = [formats.amount(count, unit, reading.language()) for unit, count in counts if count]
    return formats.listing(parts, reading.language())


def _groups(balance: CustomerBalance) -> tuple[tuple[Group, str, rules.Balance], ...]:
    return (
        ("token", "token", balance.tokens),
        ("minute", "minute", balance.minutes),
        ("free", "minute", balance.free_minutes),
    )


def _unit(group: Group) -> str:
    return "token" if group == "token" else "minute"
