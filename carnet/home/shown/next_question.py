"""What pays for a person's next question, in words."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from carnet.kernel import reading
from carnet.web import formats
from carnet.web.templatetags.formats import day
from carnet.work.models import Cover
from carnet.work.queries.covers import Choice


@dataclass(frozen=True, slots=True)
class NextPaidBy:
    """What pays, and what is left of it after that."""

    words: str
    left: SafeString | str = ""


def next_paid_by(choice: Choice) -> NextPaidBy | None:
    """None if nothing pays: the question is kept (T15)."""
    language = reading.language()
    if choice.means == Cover.Means.TRIAL:
        minutes = formats.units(choice.free_minutes, "minute", language)
        return NextPaidBy(_("%(minutes)s free") % {"minutes": minutes})
    if choice.lot is None:
        return None
    if choice.means == Cover.Means.TOKENS:
        words, left = _("1 ticket from carnet no. %(number)s"), str(choice.lot_left)
        after = _("%(left)s left after that, valid until %(until)s")
    else:
        words = _("Minutes from hour pack no. %(number)s")
        left = formats.units(choice.lot_left + choice.reserved, "minute", language)
        after = _("%(left)s left, valid until %(until)s")
    # The day is an element of its own.
    told = mark_safe(after % {"left": left, "until": day(choice.last_day)})
    return NextPaidBy(words % {"number": choice.lot.number}, told)
