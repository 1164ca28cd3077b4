"""What a ticket waits for when it is not us, and how long we are patient (T5, T13, T15, T16)."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from carnet.kernel import calendar
from carnet.people.models import Membership
from carnet.provider import queries as provider
from carnet.tickets import rules
from carnet.tickets.models import Closure, FirstQuestion, FirstQuestionFile, Ticket
from carnet.work.models import Cover, RunningWork

NAMES = (
    "remind_after_days",
    "close_after_days",
    "wait_for_cover_days",
    "wait_without_cover_days",
    "silent_customer_days",
)
RULES: dict[rules.Wait, str] = {"answered": "T13", "asked_back": "T16", "used_up": "T5", "uncovered": "T15"}


@dataclass(frozen=True, slots=True)
class WaitOf:
    """What a ticket waits for, since when, and when its customer was reminded of it, if at all."""

    why: rules.Wait
    since: datetime.datetime
    reminded_at: datetime.datetime | None

    @property
    def is_for_cover(self) -> bool:
        return self.why in ("used_up", "uncovered")

    @property
    def rule(self) -> str:
        return RULES[self.why]


def wait_of(ticket: Ticket) -> WaitOf | None:
    """What the ticket waits for that is not us, the customer's word before cover; None if it is our turn or closed."""
    if ticket.state in (Ticket.State.ANSWERED, Ticket.State.ASKED_BACK):
        why: rules.Wait = "answered" if ticket.state == Ticket.State.ANSWERED else "asked_back"
        return WaitOf(why, ticket.waits_since, ticket.reminded_at)
    if ticket.state == Ticket.State.OPEN and ticket.cover.is_waiting:
        since = ticket.cover.waiting_since
        assert since is not None
        was_covered = ticket.cover.paid_times.exists()
        # A reminder of an earlier wait does not count for this one.
        reminded_at = ticket.reminded_at if ticket.reminded_at and ticket.reminded_at >= since else None
        return WaitOf("used_up" if was_covered else "uncovered", since, reminded_at)
    return None


def last_closure(ticket: Ticket) -> Closure:
    """How a ticket that is closed, or was, ended last."""
    return Closure.objects.filter(ticket=ticket).order_by("-at", "-id")[0]


def patience() -> rules.Patience:
    """How many days we wait, by the settings ⚙ of now."""
    return rules.Patience(**provider.settings_for(*NAMES))


def with_running_clock() -> QuerySet[Ticket]:
    """Tickets on which a clock runs."""
    running = RunningWork.objects.filter(cover=OuterRef("cover"), stopped_at=None)
    return Ticket.objects.filter(Exists(running)).order_by("pk")


def newly_covered() -> QuerySet[Ticket]:
    """Tickets that got cover after they began to wait for us: they still carry the due time of before (M1)."""
    return Ticket.objects.in_queue().filter(cover__covered_at__gt=F("waits_since")).order_by("pk")


def for_others(at: datetime.datetime) -> QuerySet[Ticket]:
    """Tickets that have waited for the customer or for cover since before today: every wait is counted in days."""
    zone = provider.time_zone()
    today = calendar.start_of(calendar.date_on(at, zone), zone)
    for_customer = Q(state__in=(Ticket.State.ASKED_BACK, Ticket.State.ANSWERED), waits_since__lt=today)
    for_cover = Q(cover__state=Cover.State.WAITING, cover__waiting_since__lt=today)
    return Ticket.objects.open().filter(for_customer | for_cover).order_by("pk")


def of_removed_persons() -> QuerySet[Ticket]:
    """Open tickets whose person no longer belongs to the customer, and that no present holder decides for (P3)."""
    active = Membership.objects.active().filter(customer=OuterRef("customer"))
    return (
        Ticket.objects.open()
        .filter(
            ~Exists(active.filter(person=OuterRef("asked_by"))),
            ~Exists(active.filter(person=OuterRef("passed_to"), role=Membership.Role.HOLDER)),
        )
        .order_by("pk")
    )


def with_unconfirmed_files(at: datetime.datetime) -> QuerySet[FirstQuestion]:
    """First questions that nobody confirmed while their files were kept."""
    too_old = FirstQuestion.objects.filter(ticket=None, created_at__lte=at - rules.UNCONFIRMED_FILES_LAST)
    return too_old.filter(Exists(FirstQuestionFile.objects.filter(question=OuterRef("pk")))).order_by("pk")
