"""The app's words for people: a sentence for each of its refusals says what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "schedule.closed_for_too_long": _("With these days added, the service would be closed for more than a year."),
    "schedule.days_backwards": _("The last day is before the first one."),
    "schedule.days_open_already": _("These days are already open again."),
    "schedule.days_past": _("Past days can’t be marked as closed."),
    "schedule.hours_overlap": _("The opening hours of a day overlap, or end before they begin."),
    "schedule.never_open": _("At least one day of the week must be open."),
}
