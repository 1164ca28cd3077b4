"""What is said to people whom an action of this app refused something: what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "knowledge.unknown_figure": _("There is no figure %(names)s. Known are: %(known)s."),
}
