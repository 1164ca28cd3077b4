"""The customer's side: asking, following, answering, closing and rating tickets."""

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carnet.kernel import clock, reading, text
from carnet.kernel.refused import Refused
from carnet.people.models import Membership
from carnet.provider import queries as provider
from carnet.schedule import queries as schedule
from carnet.tickets import rules
from carnet.tickets.actions import closing, cover, questions, ratings
from carnet.tickets.actions import messages as exchange
from carnet.tickets.forms.customer import (
    AgreeForm,
    MessageForm,
    OpenTicketForm,
    RatingForm,
    StopAtForm,
    UnsolvedForm,
)
from carnet.tickets.models import FirstQuestion, Rating, Ticket
from carnet.tickets.queries import customer_list, threads
from carnet.tickets.queries import work as work_queries
from carnet.tickets.shown import thread
from carnet.tickets.views.ways_to_pay import ceilings_of, offer_name, offer_sentence, ways_of
from carnet.web import access, refusals
from carnet.work.models import RunningWork
from carnet.work.queries import covers as cover_queries
from carnet.work.queries import worked_time

LISTS = ("open", "closed")
WARN_SECONDS = 300


@require_safe
@access.customer
def tickets(request: Any) -> HttpResponse:
    """Their own tickets, and for a holder everybody's: number, date, person and cost (P2)."""
    which = request.GET.get("state", "open")
    if which not in LISTS:
        which = "open"
    found = Ticket.objects.listed_for(request.user).filter(customer=request.membership.customer)
    found = found.open() if which == "open" else found.closed()
    ordered = found.select_related("asked_by", "cover").order_by("-opened_at", "-id")
    page = Paginator(ordered, 20).get_page(request.GET.get("page"))
    rows = customer_list.rows_for(request.user, list(page.object_list), at=clock.now())
    return render(request, "tickets/customer/tickets.html", {"page": page, "rows": rows, "which": which})


@require_http_methods(["GET", "HEAD", "POST"])
@access.asker
def open_ticket(request: Any) -> HttpResponse:
    at = clock.now()
    who = request.membership
    first = _kept_question(request)
    form = OpenTicketForm(request.POST or None, request.FILES or None, initial=_typed_before(request, first))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            ticket = questions.open_ticket(
                customer=who.customer,
                person=request.user,
                question=questions.Question(
                    typed["subject"], typed["text"], typed["criticality"], typed["files"], kept_as=first
                ),
                chosen=typed["chosen"],
                key=typed["key"],
                by=request.user.as_actor(),
                at=at,
            )
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("We have received your question."))
            return redirect("my:tickets:ticket", ticket.pk)
    # Only for who looks: what was chosen is asked for again where it is reserved, under the lock of the ledger.
    choices = cover_queries.choices(customer=who.customer, person=request.user, at=at)
    ways = ways_of(choices, reading.language())
    form.offer(ways, ceilings_of(choices))
    context = {
        "form": form,
        "choices": choices,
        "ways": ways,
        "first": first,
        "first_files": first.files.count() if first else 0,
        "status": schedule.status(at),
    }
    return render(request, "tickets/customer/open_ticket.html", context)


@require_safe
@access.customer
def ticket(request: Any, ticket_id: int) -> HttpResponse:
    found = _listed(request, ticket_id)
    known = request.GET.get("v", "")
    part = bool(request.htmx and known)
    if part and known == _version(threads.last_entry_of(found), worked_time.works_on(found.cover), clock.now()):
        return HttpResponse(status=204)
    return _ticket_page(request, found, part=part)


@require_POST
@access.customer
def write_message(request: Any, ticket_id: int) -> HttpResponse:
    found = _readable(request, ticket_id)
    form = MessageForm(request.POST, request.FILES)
    if _sent(request, found, form, exchange.write_message):
        messages.success(request, _("We have received your message."))
        return redirect("my:tickets:ticket", found.pk)
    return _ticket_page(request, found, message_form=form, status=422)


@require_POST
@access.customer
def agree_to_more(request: Any, ticket_id: int) -> HttpResponse:
    """Who asked, or a holder, lets the ticket take one token or some minutes more (T4, H4)."""
    found = _listed(request, ticket_id)
    form = AgreeForm(request.POST)
    if not form.is_valid():
        raise SuspiciousOperation("what is agreed to comes from our own buttons")
    waited = found.cover.is_waiting
    agreed = cover.agree_to_more(ticket=found, **form.cleaned_data, by=request.user.as_actor(), at=clock.now())
    goes_on = waited and not agreed.cover.is_waiting
    messages.success(
        request,
        _("Thank you. It is reserved, and we’ll continue.")
        if goes_on
        else _("Thank you. When the paid time ends, we’ll continue without a break."),
    )
    return redirect("my:tickets:ticket", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access.customer
def stop_at(request: Any, ticket_id: int) -> HttpResponse:
    """How far the ticket may go without asking again, said anew (T4, H4)."""
    found = _listed(request, ticket_id)
    at = clock.now()
    if found.is_closed or not _may_agree(request, found):
        return redirect("my:tickets:ticket", found.pk)
    form = StopAtForm(request.POST or None)
    had = cover_queries.units_had(found.cover)
    kinds = {offer.means for offer in cover_queries.offers(found.cover, at)} | {
        str(means) for means in had if had[means]
    }
    before: dict[str, int] = {
        means: cover_queries.ceiling(found.cover, means) for means in ("tokens", "minutes") if means in kinds
    }
    if request.method == "POST" and form.is_valid():
        try:
            for means in before:
                ceiling = form.cleaned_data.get(f"stop_{means}")
                if ceiling and ceiling != before[means]:
                    cover.stop_at(ticket=found, means=means, ceiling=ceiling, by=request.user.as_actor(), at=at)
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Limit saved. We’ll ask you before going further."))
            return redirect("my:tickets:ticket", found.pk)
    form.offer(before)
    context = {"ticket": found, "form": form, "may_read": _may_read(request, found), "has_units": bool(before)}
    return render(request, "tickets/customer/stop_at.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access.customer
def close_ticket(request: Any, ticket_id: int) -> HttpResponse:
    """GET asks, with the price; POST closes. Who sees only number and cost of a removed person's ticket may close it
    (P3).
    """
    found = _listed(request, ticket_id)
    if not (_may_read(request, found) or found.passed_to_id == request.user.pk):
        raise Http404
    if request.method == "POST":
        closing.close_ticket(ticket=found, by=request.user.as_actor(), at=clock.now())
        messages.success(request, _("The ticket is closed. Thank you!"))
        return redirect("my:tickets:ticket", found.pk)
    if found.is_closed:
        return redirect("my:tickets:ticket", found.pk)
    running = worked_time.clock_of(found.cover, threads.sessions_of(found), at=clock.now())
    context = {"ticket": found, "may_read": _may_read(request, found), "clock": running}
    return render(request, "tickets/customer/close_ticket.html", context)


@require_POST
@access.customer
def mark_unsolved(request: Any, ticket_id: int) -> HttpResponse:
    found = _readable(request, ticket_id)
    form = UnsolvedForm(request.POST, request.FILES)
    if _sent(request, found, form, closing.mark_unsolved):
        messages.success(request, _("The ticket is back in our queue."))
        return redirect("my:tickets:ticket", found.pk)
    return _ticket_page(request, found, unsolved_form=form, status=422)


def _sent(request: Any, found: Ticket, form: MessageForm | UnsolvedForm, act: Callable[..., object]) -> bool:
    """Whether what was written was right, and the action took it; what it refuses stands beside the field."""
    if not form.is_valid():
        return False
    typed = form.cleaned_data
    try:
        act(
            ticket=found, text=typed["text"], uploads=typed["files"], key=typed["key"], by=request.user.as_actor(),
            at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        refusals.tell(form, refused)
        return False
    return True


@require_POST
@access.customer
def rate_ticket(request: Any, ticket_id: int) -> HttpResponse:
    found = _readable(request, ticket_id)
    form = RatingForm(request.POST)
    if form.is_valid():
        try:
            ratings.rate_ticket(ticket=found, **form.cleaned_data, by=request.user.as_actor(), at=clock.now())
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Thank you, your rating has been saved."))
            return redirect("my:tickets:ticket", found.pk)
    return _ticket_page(request, found, rating_form=form, status=422)


def _ticket_page(
    request: Any,
    found: Ticket,
    *,
    message_form: MessageForm | None = None,
    unsolved_form: UnsolvedForm | None = None,
    rating_form: RatingForm | None = None,
    part: bool = False,
    status: int = 200,
) -> HttpResponse:
    at = clock.now()
    sessions = threads.sessions_of(found)
    entries = threads.entries_of(found)
    works = worked_time.works_on(found.cover)
    context: dict[str, Any] = {
        "ticket": found,
        "version": _version(entries[-1].pk if entries else 0, works, at),
        "is_part": part,
        # What the page was made for; if the ticket is in another state by now, it says so.
        "shown_state": request.GET.get("state", found.state) if part else found.state,
        "clock": worked_time.clock_of(found.cover, sessions, at=at, works=works),
        "units_held": work_queries.units_of(found),
        "now": at,
        "last_day": customer_list.last_day_of_wait(found),
        "may_agree": _may_agree(request, found),
    }
    context["asks_for_more"] = _asks_for_more(found, context["clock"])
    context["offers"] = _offers(found, at) if context["asks_for_more"] else []
    if not _may_read(request, found):
        return render(
            request,
            "tickets/customer/ticket_of_other.html",
            {
                **context,
                "lines": [thread.work_line(one, with_reason=False) for one in threads.standing_of(sessions)],
            },
            status=status,
        )
    rating = Rating.objects.filter(ticket=found).first() if found.is_closed else None
    asked = found.asked_by_id == request.user.pk
    may_change = rating is not None and rules.may_change_rating(rating.first_at, at, provider.time_zone())
    context |= {
        "thread": thread.thread_of(threads.thread_of(found, sessions, entries, with_notes=False)),
        "message_form": message_form or MessageForm(),
        "unsolved_form": unsolved_form or UnsolvedForm(),
        # What was sent while the ticket went into another state: shown again, so that it is not lost.
        "kept": next((form for form in (message_form, unsolved_form) if form and form.non_field_errors()), None),
        "rating": rating,
        "may_reopen": found.is_closed and closing.may_reopen(found, at=at),
        "may_rate": asked and found.is_closed and found.first_answer_at is not None and (rating is None or may_change),
        "rating_form": rating_form or RatingForm(initial=_given(rating)),
    }
    template = "tickets/customer/live.html" if part else "tickets/customer/ticket.html"
    return render(request, template, context, status=status)


def _asks_for_more(found: Ticket, running: worked_time.Clock) -> bool:
    """T4, F3: from five minutes before the paid time ends, and while the ticket waits for cover."""
    if found.is_closed or found.cover.has_ended:
        return False
    if found.cover.is_waiting:
        return True
    return running.stops_at is not None and running.left_seconds <= WARN_SECONDS and not running.next_units


def _offers(found: Ticket, at: datetime.datetime) -> list[dict[str, Any]]:
    """What could pay for it next, in words; none if its person can reach nothing."""
    return [
        {"offer": offer, "name": offer_name(offer), "sentence": offer_sentence(offer, reading.language())}
        for offer in cover_queries.offers(found.cover, at)
    ]


def _may_agree(request: Any, found: Ticket) -> bool:
    """T4: who asked, or a holder. It was listed, so they belong to the customer."""
    if found.asked_by_id == request.user.pk:
        return True
    held = Membership.objects.active().filter(
        customer=found.customer_id, person=request.user, role=Membership.Role.HOLDER
    )
    return bool(held.exists())


def _listed(request: Any, ticket_id: int) -> Ticket:
    """A ticket of which this person may know at least number and cost; of whichever customer (P4)."""
    known = Ticket.objects.listed_for(request.user).select_related("asked_by", "cover", "customer", "passed_to")
    return get_object_or_404(known, pk=ticket_id)


def _readable(request: Any, ticket_id: int) -> Ticket:
    found = _listed(request, ticket_id)
    if not _may_read(request, found):
        raise Http404
    return found


def _may_read(request: Any, found: Ticket) -> bool:
    if found.asked_by_id == request.user.pk:
        return True  # it was listed, so they still belong to the customer
    return Ticket.objects.visible_to(request.user).filter(pk=found.pk).exists()


def _version(last_entry: int, works: list[RunningWork], at: datetime.datetime) -> str:
    """Changes with whatever is done to the ticket, and every minute while a clock runs on it."""
    runs = any(work.stopped_at is None for work in works)
    return f"{last_entry}.{int(at.timestamp()) // 60 if runs else 0}"


def _given(rating: Rating | None) -> dict[str, Any]:
    if rating is None:
        return {}
    return {"score": rating.score, "comment": rating.comment, "may_publish": rating.may_publish}


def _kept_question(request: Any) -> FirstQuestion | None:
    """A first question that waits for this person's account: its link brought them here."""
    token = request.GET.get("question", "")
    if not token:
        return None
    return FirstQuestion.objects.with_token(token).filter(email=request.user.email, ticket=None).first()


def _typed_before(request: Any, first: FirstQuestion | None) -> dict[str, Any]:
    if first:
        return {"subject": first.subject, "text": first.text, "criticality": first.criticality}
    return {"subject": text.one_line(request.GET.get("q", ""))[:200]}
