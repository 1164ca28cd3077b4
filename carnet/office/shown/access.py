"""The access to PayPal in words: how it stands, what comes next, what was done."""

from collections.abc import Mapping
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from carnet.audit.models import Entry
from carnet.payments.queries import AccessKept
from carnet.web.pictures import Tag

ENVIRONMENTS: Mapping[str, Promise] = {
    "sandbox": _("Sandbox: to try things out, without real payments"),
    "live": _("Live: real payments"),
    "stand_in": _("Demo stand-in: nothing leaves this machine"),
}

NAMES: Mapping[str, Promise] = {"sandbox": _("sandbox"), "live": _("live"), "stand_in": _("demo stand-in")}


def state_of(kept: AccessKept) -> Tag:
    """How it stands, in two words."""
    if not kept.source:
        return Tag(gettext("not connected"), "neutral")
    if not kept.is_usable:
        return Tag(gettext("can’t be used"), "bad")
    if kept.tested_at is None:
        return Tag(gettext("not tested yet"), "warn")
    return Tag(gettext("connected"), "good")


def next_step(kept: AccessKept) -> Literal["connect", "test", "notices", ""]:
    """The one thing to do next; nothing once all is done."""
    if not kept.is_usable:
        return "connect"
    if kept.tested_at is None:
        return "test"
    return "" if kept.webhook_id else "notices"


def done(entry: Entry) -> str:
    """What somebody did, in a sentence."""
    environment = NAMES.get(entry.details.get("environment", ""), "")
    match entry.code:
        case "online_access.set":
            return gettext("Connection changed (%(environment)s)") % {"environment": environment}
        case "online_access.tested":
            account = entry.details["account_id"] or gettext("not named")
            return gettext("Connection tested (account: %(account)s)") % {"account": account}
        case "online_access.notices_set_up":
            return gettext("Notifications set up")
        case _:
            return gettext("Disconnected (%(environment)s)") % {"environment": environment}
