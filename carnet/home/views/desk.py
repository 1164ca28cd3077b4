from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from carnet.home import forms, queries
from carnet.kernel import clock
from carnet.ledger.models import Movement
from carnet.orders import queries as orders
from carnet.payments import queries as payments
from carnet.people.models import Customer, Invitation
from carnet.tickets.models import Ticket
from carnet.web.access import team

PER_PAGE = 50


@require_safe
@team
def customers(request: Any) -> HttpResponse:
    form = forms.CustomerSearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    page = Paginator(queries.customers_found(words), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "home/desk/customers.html", {"form": form, "page": page, "words": words})


@require_safe
@team
def customer(request: Any, customer_id: int) -> HttpResponse:
    found = get_object_or_404(Customer, pk=customer_id)
    now = clock.now()
    lots = queries.lots_shown(found, reader=request.user, at=now)
    numbers = {one.lot.pk: one.lot.number for one in lots}
    movements = Movement.objects.filter(customer=found).select_related("lot").order_by("-sequence")[:PER_PAGE]
    context = {
        "customer": found,
        "memberships": found.memberships.active().select_related("person").order_by("since_at"),
        "invitations": Invitation.objects.unanswered()
        .filter(customer=found, expires_at__gt=now)
        .order_by("created_at"),
        "lots": [one for one in lots if not one.is_past],
        "past": [one for one in lots if one.is_past],
        "tickets": Ticket.objects.filter(customer=found)
        .select_related("asked_by", "cover", "assigned_to")
        .order_by("-opened_at")[:PER_PAGE],
        "orders": orders.orders_of(found)[:PER_PAGE],
        "payments": orders.with_orders(payments.payments_of(found)[:PER_PAGE]),
        "credit_cents": payments.credit_cents(found),
        "credit_movements": payments.credit_movements(found)[:PER_PAGE],
        "movements": [
            (movement, numbers.get(movement.cause_id) if movement.cause_kind == "lot" else None)
            for movement in movements
        ],
    }
    return render(request, "home/desk/customer.html", context)
