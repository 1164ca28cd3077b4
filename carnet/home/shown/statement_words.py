"""The statement in the reader's words, for the page and the document alike: what happened, why this lot, which rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext, pgettext

from carnet.home.queries.statement import Group, LotChoice, Moved, StatementLine
from carnet.kernel import reading
from carnet.ledger.models import Lot, Movement
from carnet.web import formats

# Every rule that a movement names; a test compares them with what the code writes.
RULES: Mapping[str, Promise] = {
    "L1": gettext_lazy("A pack is valid from the day its payment is accepted."),
    "L5": gettext_lazy("A new pack revives dormant tickets or minutes."),
    "L6": gettext_lazy("A new pack extends what is left of earlier ones to its own last day."),
    "L8": gettext_lazy("Goodwill always has a reason and a last day."),
    "F1": gettext_lazy("Free minutes, given once to each customer."),
    "F2": gettext_lazy("Free minutes are used first and expire a set number of days after their first use."),
    "T1": gettext_lazy("Asking a question reserves one ticket; it is used only when the question is closed."),
    "T2": gettext_lazy("One ticket covers up to 30 minutes of work."),
    "T4": gettext_lazy("Another ticket, within the agreed limit."),
    "T10": gettext_lazy("Merged tickets never cost more than they would separately."),
    "T12": gettext_lazy("Anything returned goes back to the pack it came from."),
    "T14": gettext_lazy("Once a ticket is closed, its cost can only go down."),
    "H1": gettext_lazy("The first 30 minutes of an hour pack go to one subject."),
    "H2": gettext_lazy("Hour packs are counted in whole minutes."),
    "H4": gettext_lazy("Asking a question reserves 30 minutes, then 15 more at a time."),
    "H5": gettext_lazy("Tickets and minutes for one question, as agreed."),
    "O7": gettext_lazy(
        "What was bought with a payment that is disputed or bounced stays frozen until that is settled."
    ),
    "O9": gettext_lazy("What is refunded counts for its share of the price."),
    "O10": gettext_lazy("Once a purchase no longer counts, older ones get back the last day that they had without it."),
    # By arithmetic, without a movement.
    "L4": gettext_lazy("Anything unused after the last day becomes dormant; anything free expires."),
}


@dataclass(frozen=True, slots=True)
class LineWords:
    """A line of the statement as it is read."""

    what: str
    lot: str
    why: str
    rule: str


def words_of(line: StatementLine) -> LineWords:
    """The line in the active language."""
    return LineWords(
        what=what(line),
        lot=lot_name(line.lot),
        why=why(line.choice) if line.choice else "",
        rule=_rule(rule_of(line), reading.language()),
    )


@lru_cache(maxsize=256)
def _rule(rule: str, _language: str) -> str:
    return _("Rule %(rule)s: %(words)s") % {"rule": rule, "words": RULES.get(rule, "")}


def rule_of(line: StatementLine) -> str:
    """The number of the rule by which it happened."""
    return line.movement.rule if line.movement else "L4"


def lot_name(lot: Lot) -> str:
    """What people call it: a carnet, a pack of hours, the free minutes."""
    return _lot_name(lot.origin, lot.unit, lot.number, reading.language())


@lru_cache(maxsize=1024)
def _lot_name(origin: str, unit: str, number: int, _language: str) -> str:
    """A page names the same few lots again and again."""
    if origin == Lot.Origin.TRIAL:
        return _("Free minutes")
    if unit == Lot.Unit.MINUTE:
        return _("Hour pack no. %(number)s") % {"number": number}
    return _("Carnet no. %(number)s") % {"number": number}


def group_name(group: Group) -> str:
    """The heading of what is summed together."""
    return {"token": _("Tickets"), "minute": _("Minutes"), "free": _("Free minutes")}[group]


def reserved(count: int, group: Group) -> str:
    """The word below so many units that are reserved."""
    if group == "token":
        return npgettext("tickets", "reserved", "reserved", count)
    return pgettext("minutes", "reserved")


# By the cause of the movement (O7).
_FROZEN: dict[str, Promise] = {
    "dispute": gettext_lazy("Frozen: the payment is disputed"),
    "bounce": gettext_lazy("Frozen: the cheque was returned unpaid"),
    "refund": gettext_lazy("Frozen: it is being refunded"),
}
_CANCELLED: dict[str, Promise] = {
    "dispute": gettext_lazy("Cancelled: the disputed payment was taken back"),
    "bounce": gettext_lazy("Cancelled: the cheque was returned unpaid"),
}


def what(line: StatementLine) -> str:
    """What happened, in a few words."""
    movement = line.movement
    if movement is None:
        return (
            _("Dormant: the last day has passed") if line.kind == "dormant" else _("Expired: the last day has passed")
        )
    number, is_ticket = {"number": movement.ticket}, movement.ticket is not None
    match movement.kind:
        case Movement.Kind.OPENED:
            return _opened(line)
        case Movement.Kind.RESERVED:
            return _("Reserved for ticket %(number)s") % number if is_ticket else _("Reserved")
        case Movement.Kind.SPENT:
            return _("Used for ticket %(number)s") % number if is_ticket else _("Used")
        case Movement.Kind.RELEASED:
            return _("Returned from ticket %(number)s") % number if is_ticket else _("Returned")
        case Movement.Kind.CORRECTED:
            corrected = {"line": movement.corrects or ""}
            if movement.to_bucket == "available":
                return _("Correction: transaction %(line)s used too many") % corrected
            return _("Correction: transaction %(line)s returned too many") % corrected
        case Movement.Kind.FROZEN if movement.rule == "O9":
            if line.units:
                return _("Refunded: not needed any more")
            return _("Refunded: what is reserved can still be used")
        case Movement.Kind.FROZEN:
            return str(_FROZEN.get(movement.cause_kind, _FROZEN["dispute"]))
        case Movement.Kind.UNFROZEN:
            return _("Can be used again: the payment is settled")
        case Movement.Kind.REFUNDED:
            return str(_CANCELLED.get(movement.cause_kind, _("Refunded")))
    return _moved_last_day(line, movement)


def why(choice: LotChoice) -> str:
    """L7, L9: why this lot and no other."""
    lot = {"lot": lot_name(choice.next_lot)} if choice.next_lot else {}
    match choice.reason:
        case "apart":
            words = _("Free minutes are kept separate.")
        case "only":
            words = (
                _("The only one you can still use.") if choice.passed_over else _("The only one with anything left.")
            )
        case "ends_first":
            words = _("It expires before “%(lot)s”.") % lot
        case "free_first":
            words = _("It was free; “%(lot)s” was paid for.") % lot
        case "activated_first":
            words = _("It is older than “%(lot)s”.") % lot
        case _:
            words = _("Its number comes before “%(lot)s”.") % lot
    if choice.passed_over:
        words += " " + _("The ones before it belong to other people.")
    return words


def _opened(line: StatementLine) -> str:
    if line.lot.origin == Lot.Origin.TRIAL:
        return _("Free minutes added")
    if line.lot.origin == Lot.Origin.GOODWILL:
        return _("Goodwill, valid until %(day)s") % {"day": _day(line)}
    return _("New, valid until %(day)s") % {"day": _day(line)}


def _moved_last_day(line: StatementLine, movement: Moved) -> str:
    if movement.last_day_before is None:
        return _("First use: valid until %(day)s") % {"day": _day(line)}
    days = {"before": formats.day(movement.last_day_before, reading.language()), "after": _day(line)}
    words = _("Last day moved from %(before)s to %(after)s") % days
    if line.activated:
        return _("%(moved)s when “%(lot)s” was activated") % {"moved": words, "lot": lot_name(line.activated)}
    return words


def _day(line: StatementLine) -> str:
    assert line.movement
    assert line.movement.last_day_after
    return formats.day(line.movement.last_day_after, reading.language())
