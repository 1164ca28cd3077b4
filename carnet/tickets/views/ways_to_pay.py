"""The ways to pay for a ticket in words: a name and a sentence for each, as the form shows them before sending, and the
question whether a ticket may take more.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carnet.ledger.models import Lot
from carnet.web import formats
from carnet.work.queries.covers import Choice, UnitsOffered


def ways_of(choices: list[Choice], language: str) -> list[tuple[str, str, str]]:
    """(what the form sends, name, sentence) for each choice, in the order in which they are proposed."""
    return [(choice.code, name_of(choice), sentence_of(choice, language)) for choice in choices]


def ceilings_of(choices: list[Choice]) -> dict[str, int]:
    """Where each kind of unit among the choices stops if nothing else is said (T4, H4)."""
    return {choice.unit_means: choice.ceiling for choice in choices if choice.unit_means}


def name_of(choice: Choice) -> str:
    """«Your 15 free minutes», «1 ticket of carnet no. 12», «Minutes of hours no. 3»."""
    if choice.means == "none":
        return _("Nothing for now")
    units = _units(choice.lot, choice.unit_means) if choice.lot and choice.unit_means else ""
    if choice.means != "trial":
        return units
    free = ngettext("Your %(minutes)s free minute", "Your %(minutes)s free minutes", choice.free_minutes) % {
        "minutes": choice.free_minutes
    }
    return _("%(free)s, then %(units)s") % {"free": free, "units": _inside(units)} if units else free


def sentence_of(choice: Choice, language: str) -> str:
    """What the choice reserves, how far it goes, and what happens then."""
    if choice.means == "none":
        return _("We’ll keep your question and tell you how to pay for it. Nothing is charged until then.")
    parts = []
    if choice.means == "trial":
        parts.append(_("Free of charge."))
        if choice.then == "tokens":
            parts.append(_("When they are used up, a ticket is reserved and we continue without a break."))
        elif choice.then == "minutes":
            parts.append(_("When they are used up, minutes are reserved and we continue without a break."))
        else:
            parts.append(_("When they are used up, the clock stops and we ask you before charging anything."))
    elif choice.means == "tokens":
        parts.append(_("One ticket covers up to %(time)s of work.") % {"time": _time(choice.token_minutes, language)})
    else:
        parts.append(
            _("We reserve %(time)s now and charge only the time worked, to the minute.")
            % {"time": _time(choice.reserved, language)}
        )
    if choice.least_minutes:
        parts.append(
            _("As the first question on this pack, it costs at least %(time)s.")
            % {"time": _time(choice.least_minutes, language)}
        )
    if choice.means == "tokens":
        parts.append(
            ngettext("%(left)s left after that.", "%(left)s left after that.", choice.lot_left)
            % {"left": choice.lot_left}
        )
    if choice.means == "minutes":
        parts.append(_("%(time)s left after that.") % {"time": _time(choice.left, language)})
    if choice.last_day:
        parts.append(_("Valid until %(day)s.") % {"day": formats.day(choice.last_day, language)})
    return " ".join(parts)


def offer_name(offer: UnitsOffered) -> str:
    """«1 more ticket of carnet no. 12», «15 more minutes of hours no. 3»."""
    if offer.means == "tokens":
        return _("1 more ticket from carnet no. %(number)s") % {"number": offer.lot.number}
    return ngettext(
        "%(minutes)s more minute from hour pack no. %(number)s",
        "%(minutes)s more minutes from hour pack no. %(number)s",
        offer.step,
    ) % {"minutes": offer.step, "number": offer.lot.number}


def offer_sentence(offer: UnitsOffered, language: str) -> str:
    """How far it goes, what is left then, and what it means to mix units (H5)."""
    if offer.means == "tokens":
        parts = [_("It covers %(time)s more.") % {"time": _time(offer.lot.token_minutes, language)}]
        left = offer.left - 1
        parts.append(ngettext("%(left)s left after that.", "%(left)s left after that.", left) % {"left": left})
    else:
        parts = [_("We charge only the time worked, to the minute.")]
        parts.append(_("%(time)s left after that.") % {"time": _time(offer.left - offer.step, language)})
    if offer.is_other_kind:
        parts.append(
            _("This mixes tickets and minutes: each ticket covers its full time, and the rest is charged in minutes.")
        )
    if offer.lot.last_day:
        parts.append(_("Valid until %(day)s.") % {"day": formats.day(offer.lot.last_day, language)})
    return " ".join(parts)


def _units(lot: Lot, means: str) -> str:
    if means == "tokens":
        return _("1 ticket from carnet no. %(number)s") % {"number": lot.number}
    return _("Minutes from hour pack no. %(number)s") % {"number": lot.number}


def _inside(units: str) -> str:
    """As it stands inside a sentence."""
    return units[:1].lower() + units[1:]


def _time(minutes: int, language: str) -> str:
    return formats.duration(minutes * 60, language)
