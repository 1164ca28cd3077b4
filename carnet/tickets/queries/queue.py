"""The desk's lists of tickets: quick with 100,000 of them, since only open ones are read and no more than is shown."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from carnet.audit.models import Entry
from carnet.ledger.models import Hold, Lot
from carnet.people import queries as people
from carnet.people.models import Customer, Person
from carnet.tickets.models import Message, Ticket
from carnet.work.models import RunningWork

VIEWS = ("unassigned", "mine", "for_us", "for_customer", "for_cover", "all")
PAGE = 50
MOST_FOUND = 50
MESSAGES_READ = 20_000


@dataclass(frozen=True, slots=True)
class QueuedTicket:
    """One line of the queue, as plain values: a page of them costs what one costs."""

    id: int
    subject: str
    language: str
    criticality: str
    state: str
    waits_since: datetime.datetime
    due_at: datetime.datetime | None
    closed_at: datetime.datetime | None
    customer: str
    asked_by: str
    asked_by_email: str
    agent: str
    cover_state: str
    waits_for: str  # of Cover.WaitsFor, while its cover waits
    means: str
    free_minutes: int
    lots: tuple[tuple[int, str], ...]  # number and unit of those that pay for it: «Carnet 12», «Hours 3»
    workers: tuple[str, ...]  # who works on it now


FIELDS = (
    "id",
    "subject",
    "language",
    "criticality",
    "state",
    "waits_since",
    "due_at",
    "closed_at",
    "customer__name",
    "asked_by__name",
    "asked_by__email",
    "assigned_to__name",
    "cover__state",
    "cover__waits_for",
    "cover__means",
    "cover__free_minutes",
)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some rows in order, and the mark with which the next page begins; empty if this is the last."""

    rows: list[QueuedTicket]
    next_mark: str


def tickets_in(view: str, agent: Person) -> QuerySet[Ticket]:
    """The tickets of one of the queue's `VIEWS`, in no order."""
    match view:
        case "unassigned":
            return Ticket.objects.in_queue().filter(assigned_to=None)
        case "mine":
            return Ticket.objects.in_queue().filter(assigned_to=agent)
        case "for_us":
            return Ticket.objects.in_queue()
        case "for_customer":
            return Ticket.objects.waiting_for_customer()
        case "for_cover":
            return Ticket.objects.waiting_for_cover()
        case "all":
            return Ticket.objects.open()
    raise ValueError(f"no view of the queue: {view}")


def page_of(view: str, agent: Person, *, mark: str = "", size: int = PAGE) -> QueuePage:
    """One page of a view: what is due first comes first (M7); what is due to others, by how long it has waited.

    `mark` is where the page before ended; one that can't be read begins anew. A page costs the same however far it is.
    """
    moment = order_of(view)
    tickets = tickets_in(view, agent).order_by(moment, "id")
    after = _read_mark(mark)
    if after:
        at, ticket_id = after
        tickets = tickets.filter(Q(**{f"{moment}__gt": at}) | Q(**{moment: at, "id__gt": ticket_id}))
    found = rows_of(tickets, most=size + 1)
    rows = found[:size]
    return QueuePage(rows, f"{getattr(rows[-1], moment).isoformat()}~{rows[-1].id}" if len(found) > size else "")


def order_of(view: str) -> str:
    """By which moment a view is sorted: only what is our turn has a due time."""
    return "due_at" if view in ("unassigned", "mine", "for_us") else "waits_since"


def search(words: str) -> list[QueuedTicket]:
    """Tickets by number, by a part of the subject, of the customer's name, of the name, e-mail address or phone of who
    asked, or of the text of a message or note; newest first. `#12` is number 12 and nothing else.

    Closed ones too, at most `MOST_FOUND`. Texts are read in the newest `MESSAGES_READ` messages: see
    docs/decisions/search-words.md.
    """
    words = words.strip()
    number = words.lstrip("#")
    is_number = number.isdecimal() and len(number) <= 18
    if is_number and words.startswith("#"):
        found = Q(pk=int(number))
    else:
        found = _holding(words)
        if is_number:
            found |= Q(pk=int(number))
    return rows_of(Ticket.objects.filter(found).order_by("-opened_at", "-id"), most=MOST_FOUND)


def _holding(words: str) -> Q:
    """Where these words stand. Names and texts are looked up first, so that tickets are found by their indexes."""
    customers = Customer.objects.filter(name__contains_folded=words).order_by("name", "id")
    persons = people.persons_found(words).order_by("name", "pk")
    newest = Message.objects.order_by("-pk").values("pk")[:MESSAGES_READ]
    said = Message.objects.filter(pk__in=newest, text__contains_folded=words).order_by("-pk")
    return (
        Q(subject__contains_folded=words)
        | Q(customer__in=list(customers.values_list("pk", flat=True)[:MOST_FOUND]))
        | Q(asked_by__in=list(persons.values_list("pk", flat=True)[:MOST_FOUND]))
        | Q(pk__in=list(said.values_list("ticket", flat=True)[:MOST_FOUND]))
    )


def rows_of(tickets: QuerySet[Ticket], *, most: int) -> list[QueuedTicket]:
    """The first of these tickets as rows, with four queries however many they are.

    They are found first and joined with names afterwards: in one step a database may join all of them, and sort then.
    """
    ids = list(tickets.values_list("pk", flat=True)[:most])
    known = {values[1]: values for values in Ticket.objects.filter(pk__in=ids).values_list("cover_id", *FIELDS)}
    found = [known[number] for number in ids if number in known]
    covers = [values[0] for values in found]
    lots, workers = _lots_of(covers), _workers_on(covers)
    return [_row(values[1:], tuple(lots[values[0]]), tuple(workers[values[0]])) for values in found]


def _row(values: tuple[Any, ...], lots: tuple[tuple[int, str], ...], workers: tuple[str, ...]) -> QueuedTicket:
    *known, agent, cover_state, waits_for, means, free_minutes = values
    cells = (*known, agent or "", cover_state, waits_for, means, free_minutes, lots, workers)
    return QueuedTicket(*cells)


def _lots_of(covers: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    lots: dict[int, list[tuple[int, str]]] = defaultdict(list)
    # Free minutes are no carnet, though they are a lot.
    holds = Hold.objects.filter(cause_kind="cover", cause_id__in=covers).exclude(lot__origin=Lot.Origin.TRIAL)
    for cause_id, number, unit in holds.order_by("lot__number").values_list("cause_id", "lot__number", "lot__unit"):
        lots[cause_id].append((number, unit))
    return lots


def _workers_on(covers: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    running = RunningWork.objects.filter(cover__in=covers, stopped_at=None).order_by("agent__name")
    for cover_id, name in running.values_list("cover_id", "agent__name"):
        names[cover_id].append(name)
    return names


_counted: dict[tuple[int, str], dict[str, int]] = {}


def counts(agent: Person, at: datetime.datetime, version: str) -> dict[str, int]:
    """How many tickets each view has, and how many are `late`; two queries over open tickets, and none if this process
    has counted this `version` before.
    """
    key = (agent.pk, version)
    if key not in _counted:
        if len(_counted) > 100:
            forget()
        _counted[key] = _count(agent, at)
    return _counted[key]


def forget() -> None:
    """Count anew at the next question: between tests."""
    _counted.clear()


def _count(agent: Person, at: datetime.datetime) -> dict[str, int]:
    """Open tickets are counted without their covers, and the few that wait for cover are taken off."""
    ours = Q(state=Ticket.State.OPEN)
    sums = {
        "unassigned": Count("pk", filter=ours & Q(assigned_to=None)),
        "mine": Count("pk", filter=ours & Q(assigned_to=agent)),
        "for_us": Count("pk", filter=ours),
        "late": Count("pk", filter=ours & Q(due_at__lt=at)),
    }
    counted = Ticket.objects.open().aggregate(all=Count("pk"), for_customer=Count("pk", filter=~ours), **sums)
    uncovered = Ticket.objects.waiting_for_cover().aggregate(for_cover=Count("pk"), **sums)
    return {
        **{view: counted[view] - uncovered[view] for view in sums},
        "for_customer": counted["for_customer"],
        "for_cover": uncovered["for_cover"],
        "all": counted["all"],
    }


def version(at: datetime.datetime) -> str:
    """Changes whenever anything was done anywhere, and every minute, as due times come nearer. One small query."""
    last = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return f"{last}.{int(at.timestamp()) // 60}"


def _read_mark(mark: str) -> tuple[datetime.datetime, int] | None:
    moment, _tilde, number = mark.partition("~")
    try:
        at = datetime.datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, int(number)) if at.tzinfo and number.isdecimal() and len(number) <= 18 else None
