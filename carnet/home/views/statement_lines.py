"""The entries and balances of the statement as its page writes them. Written here and not by a template: a page has
fifty entries and a row of balance for each lot, and a template takes longer for them than for everything else.
"""

import datetime
from dataclasses import dataclass, field
from itertools import groupby
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from carnet.home.queries import statement as queries
from carnet.home.queries.statement_entries import StatementEntry
from carnet.home.queries.statement_rows import StatementRow, Worked, rows_of
from carnet.home.shown import statement_entry_words as entry_words
from carnet.home.shown import statement_words as words
from carnet.ledger import queries as ledger
from carnet.ledger import rules
from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.tickets.shown import sessions as sessions_shown
from carnet.web import formats
from carnet.web.templatetags.icons import icon

# So many lots with nothing left to use are named one by one; more are told as one line.
FEW = 5

# Labels are put in once for a page, by %; what stands in the cells is escaped for each row.
BALANCE = """<tr><td>{name}</td>
  <td data-label="%(last_day)s">{last_day}</td>
  <td data-label="%(left)s" class="number"><strong>{left}</strong></td>
  <td data-label="%(reserved)s" class="number">{reserved}</td>
  <td data-label="%(used)s" class="number">{used}</td>
  <td data-label="%(asleep)s" class="number">{asleep}</td>
  <td data-label="%(gone)s" class="number">{gone}</td>
  <td data-label="%(frozen)s" class="number">{frozen}</td></tr>
"""
ENTRY = """<li><details class="entry {kind}"><summary>
  <span class="entry-icon">{icon}</span>
  <span class="entry-what"><span class="entry-title"{direction}>{title}</span>
    <span class="entry-about">{day} · {about}</span></span>
  <span class="entry-amounts">{amounts}</span>
</summary><div class="entry-more flow tight">{more}</div></details></li>
"""
AMOUNT = """<span class="entry-amount{kind}">{change}</span>
    <span class="entry-balance">{after}</span>
"""
LINE = """<li><p>{time} – {what}{units}</p>
  <p class="soft">{lot}</p><p class="soft">{rule}</p></li>
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What all entries of a page have in common. `address`: of ticket 0; `reader`: whose name needs no telling;
    `times`: of moments that were written already, for most lines share theirs with another.
    """

    address: str
    reader: str
    zone: ZoneInfo
    language: str
    now: datetime.datetime
    times: dict[datetime.datetime, SafeString] = field(default_factory=dict)


def entries_of(
    entries: list[StatementEntry], *, reader: Person, language: str, now: datetime.datetime, at_desk: bool
) -> SafeString:
    """A list of entries under a heading for each month, the newest first, in the reader's words."""
    # Of ticket 0: fifty addresses that differ in a number are not resolved one by one.
    address = reverse("desk:tickets:ticket" if at_desk else "my:tickets:ticket", args=[0])
    page = Written(address, "" if at_desk else str(reader), provider.time_zone(), language, now)
    rows = iter(rows_of([line for entry in entries for line in entry.lines], reader=reader))
    written = []
    for entry in entries:
        mine = [next(rows) for _line in entry.lines]
        month = formats.month(entry.last.at.astimezone(page.zone).date(), language)
        written.append((month, _entry(entry, mine, page)))
    months = groupby(written, key=lambda one: one[0])
    return format_html_join(
        "",
        '<h3 class="entries-month">{}</h3><ul class="entries" role="list">{}</ul>',
        ((month, SafeString("".join(html for _month, html in found))) for month, found in months),
    )


def _entry(entry: StatementEntry, rows: list[StatementRow], page: Written) -> SafeString:
    said = entry_words.words_of(entry, rows, reader=page.reader)
    kind = " plus" if any(one.change > 0 for one in entry.amounts) else ""
    return format_html(
        ENTRY,
        kind="pending" if entry.is_reserved else "",
        icon=icon(said.icon),
        title=said.title,
        direction=SafeString(' dir="auto"') if said.is_typed else "",
        day=formats.day(entry.last.at.astimezone(page.zone).date(), page.language, year=False),
        about=format_html_join(" · ", "<bdi>{}</bdi>", ((part,) for part in said.about)),
        amounts=SafeString(
            "".join(format_html(AMOUNT, kind=kind, change=one.change, after=one.after) for one in said.amounts)
        ),
        more=_more(entry, rows, page),
    )


def _more(entry: StatementEntry, rows: list[StatementRow], page: Written) -> SafeString:
    """What is behind an entry: its ticket, the work on it, and every movement with its reason and its rule."""
    parts = []
    if any(row.ticket for row in rows):
        href = page.address.replace("/0/", f"/{entry.ticket}/")
        parts.append(
            format_html('<p><a href="{}">{}</a></p>', href, _("Open ticket %(number)s") % {"number": entry.ticket})
        )
    sessions = {(one.started_at, one.agent): one for row in rows for one in row.sessions}
    if sessions:
        parts.append(_sessions(list(sessions.values())))
    parts += [format_html('<p dir="auto">{}</p>', row.note) for row in rows if row.note]
    lines = [_line(row, page) for row in rows]
    parts.append(format_html('<ol class="entry-lines" role="list">{}</ol>', SafeString("".join(lines))))
    return SafeString("".join(parts))


def _line(row: StatementRow, page: Written) -> SafeString:
    said, units = words.words_of(row.line), entry_words.line_units(row.line)
    return format_html(
        LINE,
        time=_time(row.line.at, page),
        what=said.what,
        units=format_html(', <span class="nowrap">{}</span>', units) if units else "",
        lot=f"{said.lot}. {said.why}" if said.why else said.lot,
        rule=said.rule,
    )


def _time(at: datetime.datetime, page: Written) -> SafeString:
    written = page.times.get(at)
    if written is None:
        page.times[at] = written = format_html(
            '<time datetime="{}" title="{}">{}</time>',
            at.astimezone(datetime.UTC).isoformat(timespec="seconds"),
            formats.exact_moment(at, page.zone, page.language),
            formats.moment(at, page.now, page.zone, page.language),
        )
    return written


def _sessions(sessions: list[Worked]) -> SafeString:
    return format_html('<ul class="worked">{}</ul>', SafeString("".join(map(_session, sessions))))


def _session(session: Worked) -> SafeString:
    not_charged = sessions_shown.not_charged(session.kind)
    who = f"{session.agent} ({not_charged})" if not_charged else session.agent
    time = formats.clock(session.seconds)
    if not session.reason:
        return format_html("<li><span>{}</span><span><bdi>{}</bdi></span></li>", time, who)
    told = "<li><span>{}</span><span><bdi>{}</bdi> – <bdi>{}</bdi></span></li>"
    return format_html(told, time, who, session.reason)


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
