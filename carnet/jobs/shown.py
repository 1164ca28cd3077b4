"""The app's words for people: a sentence for each of its refusals says what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "jobs.already_waiting": _("This job is already waiting to run again."),
    "jobs.not_failed": _("This job has not failed: there is nothing to retry."),
}
