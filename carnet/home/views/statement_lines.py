"""The rows of the statement's tables as its page writes them. Written here and not by a template: a page has fifty
lines and a row of balance for each lot, and a template takes longer for them than for everything else.
"""

import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from carnet.home.queries import statement as queries
from carnet.home.queries import statement_words as words
from carnet.home.queries.statement_rows import Row, Worked
from carnet.ledger import queries as ledger
from carnet.ledger import rules
from carnet.provider import queries as provider
from carnet.tickets.queries import threads
from carnet.web import formats

# So many lots with nothing left to use are named one by one; more are told as one line.
FEW = 5


# Labels are put in once for a page, by %; what stands in the cells is escaped for each row.
LINE = """<tr><td>{number}</td>
  <td data-label="%(when)s">{at}</td>
  <td data-label="%(what)s"><div class="flow tight"><p>{what}</p><p class="small soft">{lot}</p>{more}</div></td>
  <td data-label="%(units)s" class="number">{units}</td>
  <td data-label="%(rule)s" class="small"><span><strong>{rule}</strong> <span class="soft">{why_rule}</span></span></td>
  <td data-label="%(left)s" class="number"><div>{left}{reserved}</div></td></tr>
"""
BALANCE = """<tr><td>{name}</td>
  <td data-label="%(last_day)s">{last_day}</td>
  <td data-label="%(left)s" class="number"><strong>{left}</strong></td>
  <td data-label="%(reserved)s" class="number">{reserved}</td>
  <td data-label="%(used)s" class="number">{used}</td>
  <td data-label="%(asleep)s" class="number">{asleep}</td>
  <td data-label="%(gone)s" class="number">{gone}</td>
  <td data-label="%(frozen)s" class="number">{frozen}</td></tr>
"""


def lines_of(rows: list[Row], *, language: str, now: datetime.datetime, at_desk: bool) -> SafeString:
    """The rows of the table, in the reader's words."""
    zone = provider.time_zone()
    # Of ticket 0: fifty addresses that differ in a number are not resolved one by one.
    address = reverse("desk:tickets:ticket" if at_desk else "my:tickets:ticket", args=[0])
    line = LINE % _labels(
        when=_("When"), what=_("What happened"), units=_("Tickets and minutes"), rule=_("Rule"), left=_("Balance after")
    )
    by_calendar = format_html('<span aria-label="{}">–</span>', _("automatic, by date"))
    shown = []
    for row in rows:
        said, movement = words.words_of(row.line), row.line.movement
        what = _link(address.replace("/0/", f"/{row.ticket.number}/"), said.what) if row.ticket else said.what
        written = format_html(
            line,
            number=movement.sequence if movement else by_calendar,
            at=_moment(row.line.at, now, zone, language),
            what=what,
            lot=f"{said.lot}. {said.why}" if said.why else said.lot,
            more=_more(row) if row.ticket or row.note else "",
            units=said.units,
            rule=said.rule,
            why_rule=said.rule_words,
            left=said.left,
            reserved=_reserved(said.reserved) if said.reserved else "",
        )
        shown.append(written)
    return SafeString("".join(shown))


def _labels(**labels: str) -> dict[str, str]:
    """The heads of the columns, which narrow screens show in each row; a brace would be taken for a place."""
    return {name: escape(label).replace("{", "{{").replace("}", "}}") for name, label in labels.items()}


def balances_of(balance: ledger.CustomerBalance, *, language: str) -> SafeString:
    """Lot by lot, and summed where a kind of unit has several. Of many lots with nothing left one line tells."""
    line = BALANCE % _labels(
        last_day=_("Last day"), left=_("Remaining"), reserved=_("Reserved"), used=_("Used"), asleep=_("Dormant"),
        gone=_("Expired"), frozen=_("Frozen"),
    )  # fmt: skip
    shown: list[SafeString] = []

    def show(name: str, sums: rules.Balance, unit: str, last_day: datetime.date | None = None) -> None:
        counts = {
            "reserved": sums.reserved, "used": sums.spent, "asleep": sums.dormant, "gone": sums.lapsed,
            "frozen": sums.frozen,
        }  # fmt: skip
        cells = {name: formats.number(count, language) if count else "" for name, count in counts.items()}
        day = formats.day(last_day, language) if last_day else "–"
        left = formats.units(sums.available, unit, language)
        shown.append(format_html(line, **cells, name=name, last_day=day, left=left))

    groups: tuple[tuple[queries.Group, str, rules.Balance], ...] = (
        ("token", "token", balance.tokens),
        ("minute", "minute", balance.minutes),
        ("free", "minute", balance.free_minutes),
    )
    for group, unit, total in groups:
        lots = [one for one in balance.lots if queries.group_of(one.lot) == group]
        over = [one for one in lots if _is_over(one.balance)]
        for one in lots:
            if len(over) <= FEW or not _is_over(one.balance):
                show(words.lot_name(one.lot), one.balance, unit, one.last_day)
        if len(over) > FEW:
            count = formats.number(len(over), language)
            spent, lapsed = sum(one.balance.spent for one in over), sum(one.balance.lapsed for one in over)
            sums = rules.Balance(spent=spent, lapsed=lapsed)
            show(_("%(count)s others, used or expired") % {"count": count}, sums, unit)
        if len(lots) > 1:
            together = _("%(name)s, total") % {"name": words.group_name(group)}
            show(format_html("<strong>{}</strong>", together), total, unit)
    return SafeString("".join(shown))


def _is_over(balance: rules.Balance) -> bool:
    return not (balance.available or balance.reserved or balance.dormant or balance.frozen)


def _moment(at: datetime.datetime, now: datetime.datetime, zone: ZoneInfo, language: str) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        formats.exact_moment(at, zone, language),
        formats.moment(at, now, zone, language),
    )


def _link(href: str, what: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', href, what)


def _more(row: Row) -> SafeString:
    """The ticket behind a line, with the work on it; why units were given."""
    parts = []
    if row.ticket:
        subject = format_html(' – <bdi class="subject">{}</bdi>', row.ticket.subject) if row.ticket.subject else ""
        parts.append(format_html('<p class="small soft"><bdi>{}</bdi>{}</p>', row.ticket.asked_by, subject))
    if row.sessions:
        parts.append(_sessions(row.sessions))
    if row.note:
        parts.append(format_html('<p class="small" dir="auto">{}</p>', row.note))
    return SafeString("".join(parts))


def _sessions(sessions: list[Worked]) -> SafeString:
    return format_html('<ul class="worked small">{}</ul>', SafeString("".join(map(_session, sessions))))


def _session(session: Worked) -> SafeString:
    not_charged = threads.not_charged(session.kind)
    who = f"{session.agent} ({not_charged})" if not_charged else session.agent
    time = formats.clock(session.seconds)
    if not session.reason:
        return format_html("<li><span>{}</span><span><bdi>{}</bdi></span></li>", time, who)
    told = "<li><span>{}</span><span><bdi>{}</bdi> – <bdi>{}</bdi></span></li>"
    return format_html(told, time, who, session.reason)


def _reserved(units: str) -> SafeString:
    return format_html('<div class="small soft">{}</div>', _("%(units)s reserved") % {"units": units})
