"""The rows of the queue as its page writes them. Written here and not by a template, which would look up thirteen
values for each of fifty rows.
"""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from carnet.provider import queries as provider
from carnet.tickets.queries.queue import QueuedTicket
from carnet.tickets.shown import states
from carnet.web import formats
from carnet.web.templatetags.icons import icon

SOON = datetime.timedelta(hours=1)
NOBODY = "—"


# Labels are put in once for a page, by %; what stands in the cells is escaped for each row.
ROW = """<tr data-row>
  <td><a class="subject" id="ticket-{id}" href="{href}" dir="auto">{subject}</a>
    <div class="small soft">{id} · <bdi>{customer}</bdi> · <bdi>{asked_by}</bdi>{workers}</div></td>
  <td data-label="%(hurts)s"><span class="tag {kind}">{hurts}</span></td>
  <td data-label="%(due)s"><div>{due}{why}</div></td>
  <td data-label="%(paid)s">{paid_by}</td>
  <td data-label="%(agent)s">{agent}</td>
  <td data-label="%(language)s" class="small soft">{language}</td>
</tr>
"""


@dataclass(frozen=True, slots=True)
class QueueWords:
    """What all lines of a page have in common: the language, the moment, and what is said again and again."""

    language: str
    now: datetime.datetime
    zone: ZoneInfo
    hurts: dict[str, str]
    why: dict[str, str]


def rows_of(rows: list[QueuedTicket], *, language: str, now: datetime.datetime) -> list[SafeString]:
    """The rows of the table in the reader's words."""
    hurts = {"blocked": _("Blocked"), "hindered": _("Slowed down"), "question": _("Just a question")}
    words = QueueWords(language, now, provider.time_zone(), hurts, _why(language))
    kinds = {"blocked": "warn", "hindered": "", "question": "neutral"}
    # Reversed once for all of them.
    before, _number, after = reverse("desk:tickets:ticket", args=[0]).rpartition("0")
    labels = {
        "hurts": _("Urgency"), "due": _("Due"), "paid": _("Paid with"), "agent": _("Agent"), "language": _("Language"),
    }  # fmt: skip
    line = ROW % {name: escape(label) for name, label in labels.items()}
    return [
        format_html(
            line,
            id=row.id,
            href=f"{before}{row.id}{after}",
            subject=row.subject,
            customer=row.customer,
            asked_by=row.asked_by,
            workers=_workers(row),
            language=row.language,
            hurts=hurts[row.criticality],
            kind=kinds[row.criticality],
            due=_due(row, words),
            why=format_html('<div class="small soft">{}</div>', words.why[row.criticality]) if _is_due(row) else "",
            paid_by=_paid_by(row, language),
            agent=row.agent or NOBODY,
        )
        for row in rows
    ]


def _workers(row: QueuedTicket) -> SafeString | str:
    """Who works on it now, each behind a blank."""
    if not row.workers:
        return ""
    drawn = ((icon("timer"), worker) for worker in row.workers)
    return format_html_join("", ' <span class="tag good">{}{}</span>', drawn)


def _why(language: str) -> dict[str, str]:
    """«hindered, 4 h of opening time» (M7)."""
    names = {"blocked": _("blocked"), "hindered": _("slowed down"), "question": _("just a question")}
    return {
        criticality: _("%(hurts)s, %(time)s of opening hours")
        % {"hurts": names[criticality], "time": formats.duration(minutes * 60, language)}
        for criticality, minutes in provider.setting("targets").items()
    }


def _is_due(row: QueuedTicket) -> bool:
    return row.state == "open" and row.cover_state != "waiting" and row.due_at is not None


def _due(row: QueuedTicket, words: QueueWords) -> SafeString | str:
    if row.state == "closed" and row.closed_at:
        return _("closed %(at)s") % {"at": _moment(row.closed_at, words)}
    if row.state == "answered":
        return _("solution proposed %(at)s") % {"at": _moment(row.waits_since, words)}
    if row.state == "asked_back":
        return _("asked the customer %(at)s") % {"at": _moment(row.waits_since, words)}
    if row.cover_state == "waiting" or row.due_at is None:
        return states.cover_awaited(row.waits_for)
    kind = " late" if row.due_at < words.now else " soon" if row.due_at - words.now <= SOON else ""
    return format_html(
        '<time class="due{}" datetime="{}" title="{}">{}</time>',
        kind,
        row.due_at.isoformat(timespec="seconds"),
        formats.exact_moment(row.due_at, words.zone, words.language),
        formats.distance(row.due_at, words.now, words.zone, words.language),
    )


def _moment(at: datetime.datetime, words: QueueWords) -> str:
    return formats.moment(at, words.now, words.zone, words.language)


def _paid_by(row: QueuedTicket, language: str) -> str:
    paid_by = _paid_with(row, language)
    if row.cover_state != "waiting":
        return paid_by or NOBODY
    return _("%(paid_by)s, used up") % {"paid_by": paid_by} if paid_by else _("not covered yet")


def _paid_with(row: QueuedTicket, language: str) -> str:
    """What has paid for it until now; empty if nothing has."""
    names = {"token": _("Carnet %(number)s"), "minute": _("Hour pack %(number)s")}
    packs = ", ".join(names[unit] % {"number": number} for number, unit in row.lots)
    if row.free_minutes and (row.means == "trial" or not packs):
        return _("Free minutes, %(minutes)s") % {"minutes": formats.duration(row.free_minutes * 60, language)}
    return packs
