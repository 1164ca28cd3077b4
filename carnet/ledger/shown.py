"""The app's words for people: a sentence for each of its refusals says what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from carnet.ledger.models import Lot

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "ledger.allowance_used_up": _("You have reached your limit on this shared carnet. Ask an account holder for more."),
    "ledger.last_day_missing": _("Enter the last day on which this can be used."),
    "ledger.last_day_past": _("This day has passed. Choose today or a later day."),
    "ledger.lot_not_shared": _("Only shared carnets can have limits per person."),
    "ledger.not_a_member": _("This person can’t use this customer’s tickets or minutes."),
    "ledger.not_enough_units": _("Not enough left: %(wanted)s needed, %(found)s available. Nothing was taken."),
    "ledger.not_frozen": _("This purchase is not frozen."),
    "ledger.not_reserved": _("Only %(found)s reserved, not %(wanted)s. Nothing was changed."),
    "ledger.nothing_to_correct": _("Only %(found)s can still be corrected here, not %(wanted)s."),
    "ledger.reason_missing": _("Give a reason: it appears in the customer’s statement."),
    "ledger.trial_had": _("This customer has already had the free minutes; they are given only once."),
    "ledger.units_of_others": _(
        "What is left was bought for someone else. Ask an account holder, or choose another way to pay."
    ),
    "ledger.units_restricted": _("You can’t use this shared carnet. Please ask an account holder."),
}


def ending(lot: Lot, left: str, last_day: str) -> str:
    """A line of the e-mail about what ends: what is left of the lot, until when, and what becomes of it (L4)."""
    is_hours = lot.unit == Lot.Unit.MINUTE
    if lot.origin == Lot.Origin.TRIAL:
        words = gettext("Free minutes: %(left)s until %(last_day)s; anything left then expires")
    elif lot.origin == Lot.Origin.GOODWILL and is_hours:
        words = gettext("Hour pack no. %(number)s, goodwill: %(left)s until %(last_day)s; anything left then expires")
    elif lot.origin == Lot.Origin.GOODWILL:
        words = gettext("Carnet no. %(number)s, goodwill: %(left)s until %(last_day)s; anything left then expires")
    elif is_hours:
        words = gettext("Hour pack no. %(number)s: %(left)s until %(last_day)s; anything left then becomes dormant")
    else:
        words = gettext("Carnet no. %(number)s: %(left)s until %(last_day)s; anything left then becomes dormant")
    return words % {"number": lot.number, "left": left, "last_day": last_day}


def low(customer: str, unit: str, count: int, left: str) -> str:
    """How little is left, as a subject: of tickets one at most, of hours a few."""
    if unit == Lot.Unit.TOKEN:
        words = gettext("“%(customer)s”: one ticket left") if count else gettext("“%(customer)s”: no tickets left")
    elif count:
        words = gettext("“%(customer)s”: %(left)s left in your hour packs")
    else:
        words = gettext("“%(customer)s”: no hours left")
    return words % {"customer": customer, "left": left}
