"""Notices of the payment service in words: what each was about, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext, pgettext

from carnet.kernel import reading
from carnet.payments.models import OnlineNotice
from carnet.till.queries.online import OrderNamed
from carnet.web import formats
from carnet.web.pictures import Tag


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A line of the desk's list."""

    notice: OnlineNotice
    tag: Tag
    about: str
    outcome: str
    times: str  # how often it came
    order: OrderNamed | None


def row(notice: OnlineNotice, order: OrderNamed | None) -> NoticeRow:
    tag, about, outcome = tag_of(notice.state), _about(notice.about), outcome_of(notice)
    return NoticeRow(notice, tag, about, outcome, _times(notice.count), order)


def states() -> dict[str, str]:
    """Each state by its code, in words."""
    return {one: _state(one) for one in OnlineNotice.State.values}


def tag_of(state: str) -> Tag:
    kind = {"used": "good", "failed": "bad", "forged": "bad", "received": "warn"}.get(state, "neutral")
    return Tag(_state(state), kind)


def outcome_of(notice: OnlineNotice) -> str:
    """What came of it; of a call that failed the service's own word stands beside it."""
    words = _outcomes().get(notice.outcome)
    if words is not None or not notice.outcome:
        return words or ""
    return gettext("PayPal did not answer (%(failed)s)") % {"failed": notice.outcome}


def as_text(body: bytes) -> str:
    """The body as it came, to be read: what is no text shows as a replacement character."""
    return body.decode("utf-8", "replace")


def _times(count: int) -> str:
    words = ngettext("received %(times)s time", "received %(times)s times", count)
    return words % {"times": formats.number(count, reading.language())}


def _state(state: str) -> str:
    words: Mapping[str, str] = {
        "received": pgettext("notification", "not verified"),
        "forged": pgettext("notification", "forged"),
        "proven": pgettext("notification", "waiting"),
        "used": pgettext("notification", "processed"),
        "useless": pgettext("notification", "nothing to do"),
        "failed": pgettext("notification", "failed"),
    }
    return words[state]


def _about(about: str) -> str:
    words: Mapping[str, str] = {
        "": "—",
        "checkout": gettext("a payment"),
        "capture": gettext("a payment"),
        "refund": gettext("a refund"),
        "dispute": gettext("a dispute"),
        "nothing": gettext("something else"),
    }
    return words[about]


def _outcomes() -> Mapping[str, str]:
    return {
        "made": gettext("The payment has not started yet"),
        "open": gettext("The payment is still waiting for the payer"),
        "pending": gettext("PayPal is still checking the payment"),
        "paid": gettext("The payment is complete"),
        "lapsed": gettext("The payment was abandoned"),
        "refused": gettext("The payment was declined"),
        "wrong": gettext("The payment does not match the order"),
        "dispute_open": gettext("The dispute is open"),
        "dispute_won": gettext("The dispute is won"),
        "dispute_lost": gettext("The dispute is lost"),
        "refund_noted": gettext("The refund is recorded"),
        "refund_known": gettext("The refund is recorded"),
        "refund_ours": gettext("The refund is recorded"),
        "refund_not_done": gettext("The refund is not complete yet"),
        "refund_too_much": gettext("More was refunded than was paid"),
        "refund_not_ours": gettext("No order of this site"),
        "not_ours": gettext("No order of this site"),
        "unknown_there": gettext("PayPal does not know it"),
        "needs_nothing": gettext("Not needed"),
        "not_understood": gettext("Could not be read"),
        "not_connected": gettext("PayPal was not connected"),
    }
