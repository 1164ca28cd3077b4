"""The clock of the team's work."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from carnet.kernel import clock, reading
from carnet.kernel.refused import Refused
from carnet.tickets.actions import correcting, work
from carnet.tickets.forms.desk import CorrectSessionForm, RecordTimeForm
from carnet.tickets.models import Ticket
from carnet.tickets.shown import thread
from carnet.tickets.views.desk.ticket import form_page, loaded, stop_form
from carnet.web import access, formats, refusals
from carnet.work.actions import clocks, sessions
from carnet.work.models import RunningWork, WorkSession

CHOSEN = {"training", "reading", "repair"}


@require_POST
@access.team
def start_work(request: Any, ticket_id: int) -> HttpResponse:
    found = loaded(ticket_id)
    try:
        kind = request.POST.get("kind", "chargeable")
        work.start_work(
            ticket=found,
            kind=kind if kind in CHOSEN else "chargeable",
            by=request.user.as_actor(),
            at=clock.now(),
        )
    except (clocks.OtherWorkRuns, clocks.ReasonOwed) as refused:
        # It can be put right there: stop that clock, say what it was for.
        messages.warning(request, refusals.sentence(refused))
        return redirect("desk:tickets:stop_work", refused.values["number"])
    except Refused as refused:
        messages.warning(request, refusals.sentence(refused))
    return redirect("desk:tickets:ticket", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access.team
def stop_work(request: Any, ticket_id: int) -> HttpResponse:
    """Stops at the first press, whether or not the reason came with it; without one the page asks for it (T4).

    GET shows the same question for a clock that runs or stands.
    """
    found = loaded(ticket_id)
    at = clock.now()
    mine = RunningWork.objects.filter(agent=request.user, cover=found.cover).first()
    form = stop_form(mine, request.POST if "reason" in request.POST else None)
    if request.method == "POST":
        try:
            mine = work.halt_work(ticket=found, by=request.user.as_actor(), at=at)
            if form.is_valid():
                typed = form.cleaned_data
                until = at if typed.pop("worked_on", False) else None
                work.stop_work(ticket=found, **typed, worked_until=until, by=request.user.as_actor(), at=at)
                messages.success(request, _("Time saved."))
                return redirect("desk:tickets:ticket", found.pk)
        except clocks.NothingRuns:  # a second click, which may come while the first is at work
            messages.info(request, _("The clock had already stopped."))
            return redirect("desk:tickets:ticket", found.pk)
        if not form.is_bound:
            return redirect("desk:tickets:stop_work", found.pk)
    if mine is None:
        return redirect("desk:tickets:ticket", found.pk)
    seconds = int((mine.end_at(at) - mine.started_at).total_seconds())
    context = {"ticket": found, "form": form, "work": mine, "seconds": seconds}
    return render(request, "tickets/desk/stop_work.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@access.team
def go_on_offered(request: Any, ticket_id: int) -> HttpResponse:
    """T4: work goes on beyond the paid time, offered until somebody agrees."""
    found = loaded(ticket_id)
    try:
        work.go_on_offered(ticket=found, by=request.user.as_actor(), at=clock.now())
        messages.success(request, _("Your clock keeps running; until the customer agrees, the time is free of charge."))
    except Refused as refused:
        messages.warning(request, refusals.sentence(refused))
    return redirect("desk:tickets:ticket", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access.team
def correct_session(request: Any, ticket_id: int, session_id: int) -> HttpResponse:
    """T14: worked time that was written down wrong."""
    found = loaded(ticket_id)
    session = get_object_or_404(WorkSession.objects.select_related("agent", "reason"), pk=session_id, cover=found.cover)

    def correct(typed: dict[str, Any]) -> int:
        try:
            correcting.correct_session(session=session, **typed, by=request.user.as_actor(), at=clock.now())
            messages.success(request, _("Time corrected; the customer will see it."))
        except sessions.CorrectedAlready as refused:  # a second click, or somebody was quicker
            messages.info(request, refusals.sentence(refused))
        return ticket_id

    language = reading.language()
    shown = {"seconds": formats.exact_duration(session.duration_seconds, language), "kind": session.kind}
    form = CorrectSessionForm(request.POST if request.method == "POST" else None, initial=shown)
    return form_page(request, found, form, "tickets/desk/correct_session.html", correct, line=thread.work_line(session))


@require_http_methods(["GET", "HEAD", "POST"])
@access.team
def record_time(request: Any, ticket_id: int) -> HttpResponse:
    """T14, T17: work for which no clock ran, written down by who did it."""
    found, at = loaded(ticket_id), clock.now()

    def record(typed: dict[str, Any]) -> int:
        correcting.record_time(ticket=found, agent=request.user, **typed, by=request.user.as_actor(), at=at)
        messages.success(request, _("Time saved."))
        return ticket_id

    form = RecordTimeForm(request.POST if request.method == "POST" else None)
    return form_page(request, found, form, "tickets/desk/record_time.html", record)


@require_POST
@access.team
def sign_of_life(request: Any) -> HttpResponse:
    """Called by the page while the agent works with it (T17); the clock comes back, for it may have stopped."""
    mine = work.sign_of_life(by=request.user.as_actor(), at=clock.now())
    if "still_here" in request.POST and not request.htmx and mine:
        return redirect("desk:tickets:ticket", Ticket.objects.get(cover=mine.cover_id).pk)
    return render(request, "tickets/desk/clock.html")
