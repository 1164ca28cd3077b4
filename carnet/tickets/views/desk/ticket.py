"""The desk's page of a ticket: reading, answering, noting, assigning, closing."""

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carnet.kernel import clock, text
from carnet.kernel.refused import Refused
from carnet.tickets.actions import assigning, closing, merging, work
from carnet.tickets.actions import messages as exchange
from carnet.tickets.forms.desk import (
    AnswerForm,
    AssignForm,
    CloseTicketForm,
    CriticalityForm,
    MergeTicketsForm,
    SplitTicketForm,
    StopIdleForm,
    StopWorkForm,
)
from carnet.tickets.models import Rating, Ticket
from carnet.tickets.queries import customer_list, threads
from carnet.tickets.queries import work as work_queries
from carnet.tickets.shown import balances, thread
from carnet.web import access, refusals
from carnet.web.forms import CRITICALITY
from carnet.work.actions import clocks
from carnet.work.models import RunningWork
from carnet.work.queries import worked_time

NEAR_SECONDS = 300


@require_safe
@access.team
def ticket(request: Any, ticket_id: int) -> HttpResponse:
    """The page; asked by one that is open (`v`), 204 while nothing changed."""
    found = loaded(ticket_id)
    known = request.GET.get("v", "")
    part = bool(request.htmx and known)
    if part:
        works, agents = worked_time.works_on(found.cover), threads.team_of(found)
        if known == _version(request, threads.last_entry_of(found), agents, works, clock.now()):
            return HttpResponse(status=204)
    return ticket_page(request, found, part=part)


@require_POST
@access.team
def answer_ticket(request: Any, ticket_id: int) -> HttpResponse:
    """Sends an answer, or keeps a note: the button that was pressed says which."""
    found = loaded(ticket_id)
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return ticket_page(request, found, answer_form=form, status=422)
    typed = form.cleaned_data
    way, text, uploads = typed["way"] or "asks", typed["text"], typed["files"]
    common: dict[str, Any] = {"key": typed["key"], "by": request.user.as_actor(), "at": clock.now()}
    try:
        if way == "note":
            exchange.write_note(ticket=found, text=text, uploads=uploads, **common)
            messages.success(request, _("Note saved."))
        else:
            answer = exchange.Answer(text, uploads, should_solve=way == "should_solve", asks=way == "asks")
            exchange.answer_ticket(ticket=found, answer=answer, reason=typed["reason"], **common)
            messages.success(request, _("Answer sent."))
    except Refused as refused:
        if isinstance(refused, clocks.ReasonMissing):
            work.halt_work(ticket=found, by=common["by"], at=common["at"])
        refusals.tell(form, refused)
        return ticket_page(request, found, answer_form=form, status=422)
    return redirect("desk:tickets:ticket", found.pk)


@require_POST
@access.team
def save_draft(request: Any, ticket_id: int) -> HttpResponse:
    """Called while somebody types: nothing comes back."""
    found = get_object_or_404(Ticket, pk=ticket_id)
    exchange.save_draft(
        ticket=found, agent=request.user, text=text.several_lines(request.POST.get("text", ""))[:50_000], at=clock.now()
    )
    return HttpResponse(status=204)


@require_POST
@access.team
def assign_ticket(request: Any, ticket_id: int) -> HttpResponse:
    found = loaded(ticket_id)
    form = AssignForm(request.POST)
    if form.is_valid():
        agent = form.cleaned_data["agent"]
        assigning.assign_ticket(ticket=found, agent=agent, by=request.user.as_actor(), at=clock.now())
        told = (
            _("The ticket is now assigned to %(name)s.") % {"name": agent}
            if agent
            else _("The ticket is now unassigned.")
        )
        messages.success(request, told)
    return redirect("desk:tickets:ticket", found.pk)


@require_POST
@access.team
def change_criticality(request: Any, ticket_id: int) -> HttpResponse:
    found = loaded(ticket_id)
    form = CriticalityForm(request.POST)
    if form.is_valid():
        assigning.change_criticality(
            ticket=found,
            criticality=form.cleaned_data["criticality"],
            by=request.user.as_actor(),
            at=clock.now(),
        )
        messages.success(request, _("Urgency changed; the customer will see it."))
    return redirect("desk:tickets:ticket", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access.team
def close_ticket(request: Any, ticket_id: int) -> HttpResponse:
    """GET asks how and why, and shows the price; POST closes (T9)."""
    found = loaded(ticket_id)
    form = CloseTicketForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        closing.close_ticket(ticket=found, **form.cleaned_data, by=request.user.as_actor(), at=clock.now())
        messages.success(request, _("The ticket is closed."))
        return redirect("desk:tickets:ticket", found.pk)
    if found.is_closed:
        return redirect("desk:tickets:ticket", found.pk)
    running = worked_time.clock_of(found.cover, threads.sessions_of(found), at=clock.now())
    context = {"ticket": found, "form": form, "clock": running}
    return render(request, "tickets/desk/close_ticket.html", context, status=422 if form.errors else 200)


@require_POST
@access.team
def reopen_ticket(request: Any, ticket_id: int) -> HttpResponse:
    """T8: taken up again, with its count or to repair what failed."""
    found = loaded(ticket_id)
    try:
        closing.reopen_ticket(ticket=found, by=request.user.as_actor(), at=clock.now())
        messages.success(request, _("The ticket is open again."))
    except Refused as refused:
        messages.warning(request, refusals.sentence(refused))
    return redirect("desk:tickets:ticket", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access.team
def split_ticket(request: Any, ticket_id: int) -> HttpResponse:
    """T6: a second subject becomes a ticket of its own."""
    found = loaded(ticket_id)

    def split(typed: dict[str, Any]) -> int:
        new = merging.split_ticket(ticket=found, **typed, by=request.user.as_actor(), at=clock.now())
        messages.success(
            request, _("The new ticket is waiting for the customer’s consent; we’ve asked them by e-mail.")
        )
        return new.pk

    form = SplitTicketForm(request.POST if request.method == "POST" else None)
    return form_page(request, found, form, "tickets/desk/split_ticket.html", split)


@require_http_methods(["GET", "HEAD", "POST"])
@access.team
def merge_tickets(request: Any, ticket_id: int) -> HttpResponse:
    """T10: this ticket ends in another one of the same customer."""
    found = loaded(ticket_id)

    def merge(typed: dict[str, Any]) -> int:
        target = Ticket.objects.filter(pk=typed["number"]).first()
        if target is None:
            raise merging.OtherCustomer
        merging.merge_tickets(source=found, target=target, by=request.user.as_actor(), at=clock.now())
        messages.success(request, _("Merged. Both continue here."))
        return target.pk

    form = MergeTicketsForm(request.POST if request.method == "POST" else None)
    return form_page(request, found, form, "tickets/desk/merge_tickets.html", merge)


def form_page(
    request: Any, found: Ticket, form: Form, template: str, act: Callable[[dict[str, Any]], int], **context: Any
) -> HttpResponse:
    """A page with one form about a ticket. `act` carries out what was typed and says to which ticket that leads; what
    it refuses stands beside the field.
    """
    if form.is_valid():
        try:
            return redirect("desk:tickets:ticket", act(form.cleaned_data))
        except Refused as refused:
            refusals.tell(form, refused)
    return render(request, template, {"ticket": found, "form": form, **context}, status=422 if form.errors else 200)


def loaded(ticket_id: int) -> Ticket:
    tickets = Ticket.objects.select_related("customer", "asked_by", "cover", "passed_to")
    return get_object_or_404(tickets, pk=ticket_id)


def ticket_page(
    request: Any, found: Ticket, *, answer_form: AnswerForm | None = None, part: bool = False, status: int = 200
) -> HttpResponse:
    at = clock.now()
    sessions = threads.sessions_of(found)
    entries = threads.entries_of(found)
    agents = threads.team_of(found)
    # The clocks on this ticket, and this agent's wherever it is.
    works = worked_time.works_of(found.cover, request.user)
    mine = next((work for work in works if work.agent_id == request.user.pk), None)
    here = [work for work in works if work.cover_id == found.cover_id]
    own = next((one for one in agents if one.pk == request.user.pk and one.typed_at), None)
    context: dict[str, Any] = {
        "ticket": found,
        "now": at,
        "version": _version(request, entries[-1].pk if entries else 0, agents, here, at),
        "is_part": part,
        "thread": thread.thread_of(
            threads.thread_of(found, sessions, entries, with_notes=True), corrects_ticket=found.pk
        ),
        "clock": worked_time.clock_of(found.cover, sessions, at=at, works=here),
        "units_held": work_queries.units_of(found),
        "my_work": mine if mine in here else None,
        "other_ticket": Ticket.objects.get(cover=mine.cover_id).pk if mine and mine not in here else None,
        "draft": own,
        "writers": threads.writers(agents, request.user, at),
        "last_day": customer_list.last_day_of_wait(found),
    }
    if mine is None:
        context["running_work"] = None  # the head of the page need not ask again
    if part:
        return render(request, "tickets/desk/live.html", context, status=status)
    context |= {
        "others": threads.tickets_of(found),
        "lots": balances.lines_of(found.customer, at=at),
        "rating": Rating.objects.filter(ticket=found).first() if found.is_closed else None,
        "agents": agents,
        "criticalities": CRITICALITY.items(),
        "answer_form": answer_form or AnswerForm(initial={"text": own.typed if own else ""}),
        "stop_form": stop_form(mine) if mine else None,
        "may_reopen": found.is_closed and closing.may_reopen(found, at=at),
        "may_repair": found.is_closed and closing.may_repair(found),
        "may_go_on_offered": mine is not None and _may_go_on_offered(mine, context["clock"]),
    }
    return render(request, "tickets/desk/ticket.html", context, status=status)


def stop_form(mine: RunningWork | None, typed: Any = None) -> StopWorkForm:
    """What an agent says of a clock; of one that stopped in silence also whether work went on (T17)."""
    is_idle = mine is not None and mine.stopped_by == RunningWork.StoppedBy.IDLE
    return (StopIdleForm if is_idle else StopWorkForm)(typed, initial={"kind": mine.kind if mine else None})


def _may_go_on_offered(mine: RunningWork, running: worked_time.Clock) -> bool:
    """T4: shown from five minutes before the paid time ends, and once it has stopped the clock."""
    if mine.stopped_at:
        return mine.stopped_by == RunningWork.StoppedBy.PAID_TIME
    is_near = running.stops_at is not None and running.left_seconds <= NEAR_SECONDS
    return is_near and not (mine.goes_on or running.next_units)


def _version(
    request: Any, last_entry: int, agents: list[threads.Writer], works: list[RunningWork], at: datetime.datetime
) -> str:
    """Changes with whatever is done to the ticket, with who writes in it, and every minute while a clock runs."""
    writing = "-".join(str(one.pk) for one in threads.writers(agents, request.user, at))
    runs = any(work.stopped_at is None for work in works)
    return f"{last_entry}.{writing}.{int(at.timestamp()) // 60 if runs else 0}"
