"""The statement in the reader's words, for the page and the document alike: what happened, why this lot, which rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, npgettext, pgettext
from django.utils.translation import gettext as _

from carnet.home.queries.statement import Choice, Group, Line, Moved
from carnet.ledger.models import Lot, Movement
from carnet.web import formats

# Every rule that a movement names; a test compares them with what the code writes.
RULES: Mapping[str, Promise] = {
    "L1": gettext_lazy("A carnet counts from the day its payment is accepted."),
    "L5": gettext_lazy("A new carnet wakes tickets that were asleep."),
    "L6": gettext_lazy("A new carnet makes what is left last as long."),
    "L8": gettext_lazy("What we give has a reason and a last day."),
    "F1": gettext_lazy("The free minutes, once for each customer."),
    "F2": gettext_lazy("Free minutes go first, and end some days after their first use."),
    "T1": gettext_lazy("Asking reserves one ticket; only closing uses it."),
    "T2": gettext_lazy("One ticket pays for 30 minutes of work."),
    "T4": gettext_lazy("A further ticket, within what was agreed to."),
    "T10": gettext_lazy("Tickets that were merged cost no more than apart."),
    "T12": gettext_lazy("What is given back goes to its carnet."),
    "T14": gettext_lazy("After closing, a price only goes down."),
    "H1": gettext_lazy("The first 30 minutes of a pack of hours go to one subject."),
    "H2": gettext_lazy("Hours are counted to the whole minute."),
    "H4": gettext_lazy("Asking reserves 30 minutes, then 15 more at a time."),
    "H5": gettext_lazy("Tickets and minutes for one question, as agreed."),
    # By arithmetic, without a movement.
    "L4": gettext_lazy("What is not used on the last day falls asleep; what was free is gone."),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A line of the statement as it is read."""

    what: str
    lot: str
    units: str
    why: str
    rule: str
    rule_words: str
    left: str
    reserved: str


def words_of(line: Line) -> Words:
    """The line in the active language."""
    unit = "token" if line.group == "token" else "minute"
    rule = rule_of(line)
    return Words(
        what=what(line),
        lot=lot_name(line.lot),
        units=_units(line, unit),
        why=why(line.choice) if line.choice else "",
        rule=rule,
        rule_words=str(RULES.get(rule, "")),
        left=_count(line.after.available, unit),
        reserved=_count(line.after.reserved, unit) if line.after.reserved else "",
    )


def rule_of(line: Line) -> str:
    """The number of the rule by which it happened."""
    return line.movement.rule if line.movement else "L4"


def lot_name(lot: Lot) -> str:
    """What people call it: a carnet, a pack of hours, the free minutes."""
    if lot.origin == Lot.Origin.TRIAL:
        return _("Free minutes")
    if lot.unit == Lot.Unit.MINUTE:
        return _("Hours no. %(number)s") % {"number": lot.number}
    return _("Carnet no. %(number)s") % {"number": lot.number}


def group_name(group: Group) -> str:
    """The heading of what is summed together."""
    return {"token": _("Tickets"), "minute": _("Minutes"), "free": _("Free minutes")}[group]


def reserved(count: int, group: Group) -> str:
    """The word below so many units that are reserved."""
    if group == "token":
        return npgettext("tickets", "reserved", "reserved", count)
    return pgettext("minutes", "reserved")


def what(line: Line) -> str:
    """What happened, in a few words."""
    movement = line.movement
    if movement is None:
        return _("Asleep since its last day was over") if line.kind == "dormant" else _("Gone: its last day was over")
    number = {"number": movement.cause_id}
    is_ticket = movement.cause_kind == "ticket"
    match movement.kind:
        case Movement.Kind.OPENED:
            return _opened(line)
        case Movement.Kind.RESERVED:
            return _("Reserved for ticket %(number)s") % number if is_ticket else _("Reserved")
        case Movement.Kind.SPENT:
            return _("Used by ticket %(number)s") % number if is_ticket else _("Used")
        case Movement.Kind.RELEASED:
            return _("Given back by ticket %(number)s") % number if is_ticket else _("Given back")
        case Movement.Kind.CORRECTED:
            corrected = {"line": movement.corrects or ""}
            if movement.to_bucket == "available":
                return _("Corrected: line %(line)s used too many") % corrected
            return _("Corrected: line %(line)s gave back too many") % corrected
    return _moved_last_day(line, movement)


def why(choice: Choice) -> str:
    """L7, L9: why this lot and no other."""
    lot = {"lot": lot_name(choice.next_lot)} if choice.next_lot else {}
    match choice.reason:
        case "apart":
            words = _("Free minutes stand apart.")
        case "only":
            words = (
                _("The only one left to draw from.") if choice.passed_over else _("The only one with something left.")
            )
        case "ends_first":
            words = _("It ends before “%(lot)s”.") % lot
        case "free_first":
            words = _("It was free, “%(lot)s” was paid.") % lot
        case "activated_first":
            words = _("It is older than “%(lot)s”.") % lot
        case _:
            words = _("Its number comes before “%(lot)s”.") % lot
    if choice.passed_over:
        words += " " + _("What comes before it is for others.")
    return words


def _opened(line: Line) -> str:
    if line.lot.origin == Lot.Origin.TRIAL:
        return _("Free minutes were given")
    if line.lot.origin == Lot.Origin.GOODWILL:
        return _("Given by us, until %(day)s") % {"day": _day(line)}
    return _("New, until %(day)s") % {"day": _day(line)}


def _moved_last_day(line: Line, movement: Moved) -> str:
    if movement.last_day_before is None:
        return _("First used: they last until %(day)s") % {"day": _day(line)}
    days = {"before": formats.day(movement.last_day_before, _language()), "after": _day(line)}
    words = _("Last day moved from %(before)s to %(after)s") % days
    if line.activated:
        return _("%(moved)s with “%(lot)s”") % {"moved": words, "lot": lot_name(line.activated)}
    return words


def _units(line: Line, unit: str) -> str:
    """How many the line is about; of a moved last day those that came back by it."""
    count = line.units or line.change
    return _count(count, unit) if count else ""


def _count(count: int, unit: str) -> str:
    return _counted(count, unit, _language())


@lru_cache(maxsize=4096)
def _counted(count: int, unit: str, language: str) -> str:
    """A page says the same few numbers again and again."""
    return formats.units(count, unit, language)


def _day(line: Line) -> str:
    assert line.movement
    assert line.movement.last_day_after
    return formats.day(line.movement.last_day_after, _language())


def _language() -> str:
    return (get_language() or "fr")[:2]
