"""What stands on the page of a ticket, as it is drawn: messages, and lines between them."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from carnet.audit.models import Entry
from carnet.kernel import html, reading
from carnet.tickets.models import Closure, Message
from carnet.tickets.queries import threads
from carnet.tickets.queries.threads import FileShown
from carnet.tickets.shown import closures, sessions
from carnet.web import formats
from carnet.work.models import WorkSession

KINDS = {Message.Kind.ANSWER: "team", Message.Kind.NOTE: "note"}


@dataclass(frozen=True, slots=True)
class MessageShown:
    """A message: drawn as the team's, as a note, or as the customer's side (`kind` empty)."""

    kind: str
    name: str
    at: datetime.datetime
    html: SafeString
    files: list[dict[str, Any]]
    should_solve: bool


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line between messages: worked time, a closing, or what became of the ticket."""

    icon: str
    words: str
    at: datetime.datetime
    time: str = ""  # how long, or what it cost
    reason: str = ""
    tag: str = ""  # why it is not charged
    correction: str = ""
    url: str = ""  # where it is corrected


def thread_of(
    items: Iterable[threads.ThreadItem], *, corrects_ticket: int | None = None
) -> list[MessageShown | LineShown]:
    """The entries of a thread in words. `corrects_ticket`: its number, for a reader who may correct worked time."""
    language = reading.language()
    return [_shown(item, language, corrects_ticket) for item in items]


def _shown(item: threads.ThreadItem, language: str, corrects_ticket: int | None) -> MessageShown | LineShown:
    if item.message:
        return _message(item.message, item.files)
    if item.session:
        return work_line(item.session, corrects_ticket=corrects_ticket)
    if item.closure:
        return _closing(item.closure, language)
    assert item.event
    return _event(item.event, language)


def _message(message: threads.MessageRow, files: Sequence[FileShown]) -> MessageShown:
    links = [
        {
            "url": reverse("files:show_file", args=[file.id]),
            "name": file.name,
            "size": file.size,
            "is_image": file.is_image,
            "is_protected": file.is_protected,
        }
        for file in files
    ]
    kind = KINDS.get(Message.Kind(message.kind), "")
    text = mark_safe(html.from_plain(message.text))  # escaped there
    return MessageShown(kind, message.author or "Carnet", message.at, text, links, message.should_solve)


def work_line(session: WorkSession, *, with_reason: bool = True, corrects_ticket: int | None = None) -> LineShown:
    """Worked time: who, how long, what for unless that is private, and whether it counts (T3, T4)."""
    correction = ""
    if with_reason and session.reason.correction and session.replaces:
        correction = _("corrected from %(before)s: %(why)s") % {
            "before": formats.clock(session.replaces.duration_seconds), "why": session.reason.correction,
        }  # fmt: skip
    return LineShown(
        icon="timer",
        words=str(session.agent),
        at=session.started_at,
        time=formats.clock(session.duration_seconds),
        reason=session.reason.text if with_reason else "",
        tag=sessions.not_charged(session.kind),
        correction=correction,
        url=reverse("desk:tickets:correct_session", args=[corrects_ticket, session.pk]) if corrects_ticket else "",
    )


def _closing(closure: Closure, language: str) -> LineShown:
    cost = closures.cost(closure.price_tokens, closure.price_minutes, closure.free_minutes, language)
    return LineShown("check", closures.how_in_words(closure), closure.at, time=cost)


def _event(event: Entry, language: str) -> LineShown:
    told = event.details
    code = event.code.partition(".")[2]
    icons = {
        "unsolved": "corner-up-left", "criticality_changed": "flag", "more_agreed": "ticket", "split": "split",
        "reopened": "corner-up-left", "split_off": "split", "merged": "merge", "merged_into": "merge",
        "price_lowered": "wrench", "paid_time_ended": "hourglass", "passed_on": "user",
    }  # fmt: skip
    return LineShown(icons[code], _event_words(code, told, language), event.at)


def _event_words(code: str, told: dict[str, Any], language: str) -> str:
    match code:
        case "unsolved":
            return _("Not solved: back in the queue")
        case "criticality_changed":
            return _urgency(told["after"])
        case "more_agreed":
            unit = "token" if told["means"] == "tokens" else "minute"
            return _("Agreed: up to %(units)s") % {"units": formats.units(told["ceiling"], unit, language)}
        case "reopened" if told.get("only_repair"):
            return _("Reopened to fix what failed, free of charge")
        case "reopened":
            return _("Reopened: counting continues")
        case "split":
            return _("A second subject is now ticket %(number)s") % {"number": told["new"]}
        case "split_off":
            return _("Split off from ticket %(number)s") % {"number": told["source"]}
        case "merged":
            return _("Ticket %(number)s continues here") % {"number": told["source"]}
        case "merged_into":
            return _("Continued in ticket %(number)s") % {"number": told["target"]}
        case "price_lowered":
            cost = closures.cost(told["tokens"], told["minutes"], told["free_minutes"], language)
            return f"{_('Time worked was corrected; the cost is now:')} {cost}"
        case "paid_time_ended":
            return _("%(paid)s of paid time used up") % {"paid": formats.duration(told["paid_seconds"], language)}
        case _:
            return _("Passed on to an account holder")


def _urgency(criticality: str) -> str:
    words = {"blocked": _("Urgency changed to: blocked"), "hindered": _("Urgency changed to: slowed down")}
    return words.get(criticality, _("Urgency changed to: just a question"))
