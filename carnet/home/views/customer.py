from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carnet.home.shown import lot_pictures, next_question
from carnet.home.shown import overview as overview_shown
from carnet.kernel import clock
from carnet.orders.shown import disputes
from carnet.tickets.models import Ticket
from carnet.tickets.queries import customer_list
from carnet.web import access
from carnet.work.models import WorkSession
from carnet.work.queries import covers as cover_queries
from carnet.work.queries import worked_time

OPEN_SHOWN = 20


@require_safe
@access.customer
def overview(request: Any) -> HttpResponse:
    """What is left, what ends soon, what waits for the reader, open tickets, and the work that runs now."""
    now, person, membership = clock.now(), request.user, request.membership
    lots = lot_pictures.lots_shown(membership.customer, reader=person, at=now) if membership.may_see_units else []
    open_tickets = Ticket.objects.listed_for(person).filter(customer=membership.customer).open()
    newest = open_tickets.select_related("asked_by", "cover").order_by("-opened_at", "-id")[:OPEN_SHOWN]
    rows = customer_list.rows_for(person, list(newest), at=now)
    worked_on = next((row for row in rows if row.is_worked_on), None)
    choices = []
    if membership.may_open_tickets:
        choices = cover_queries.choices(customer=membership.customer, person=person, at=now)
    context = {
        "lots": [one for one in lots if not one.is_past],
        "past": [one for one in lots if one.is_past],
        "ending_soon": [one for one in lots if one.ends_soon],
        "frozen": [one for one in lots if one.is_frozen and not one.is_bounced],
        "bounced": [one for one in lots if one.is_frozen and one.is_bounced],
        "to_do": disputes.to_do(),
        "tokens_left": lot_pictures.left_in(lots, "token"),
        "choices": choices,
        "next_paid_by": next_question.next_paid_by(choices[0]) if choices else None,
        "rows": rows,
        "worked_on": worked_on,
        "clock": worked_time.clock_of(worked_on.ticket.cover, WorkSession.objects.of(worked_on.ticket.cover), at=now)
        if worked_on
        else None,
        "tasks": overview_shown.tasks_of(person, membership),
    }
    return render(request, "home/customer/overview.html", context)
