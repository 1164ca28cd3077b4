import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from carnet.home import forms
from carnet.home.queries import customer_addresses, customer_search, statement, statement_entries
from carnet.home.shown import lot_pictures
from carnet.home.views import statement_lines
from carnet.kernel import calendar, clock, reading
from carnet.ledger.models import Movement
from carnet.orders.queries import lists
from carnet.payments import queries as payments
from carnet.people.models import Customer, Invitation
from carnet.provider import queries as provider
from carnet.tickets.models import Ticket
from carnet.tickets.shown import balances
from carnet.till.queries import disputed
from carnet.till.shown import dispute_tables
from carnet.web import access

PER_PAGE = 50
LAST = 5  # of tickets, entries, orders and payments on a customer's page; all of them have pages of their own
YEAR = datetime.timedelta(days=365)


@require_safe
@access.team
def customers(request: Any) -> HttpResponse:
    form = forms.CustomerSearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    page = Paginator(customer_search.customers_found(words), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "home/desk/customers.html", {"form": form, "page": page, "words": words})


@require_safe
@access.team
def customer(request: Any, customer_id: int) -> HttpResponse:
    """Who they are and how they are reached, what is left, and the last of everything."""
    found = get_object_or_404(Customer, pk=customer_id)
    now = clock.now()
    lots = lot_pictures.lots_shown(found, reader=request.user, at=now)
    entries = _last_entries(found, now)
    context = {
        "customer": found,
        "memberships": found.memberships.active().select_related("person").order_by("since_at"),
        "invitations": Invitation.objects.unanswered()
        .filter(customer=found, expires_at__gt=now)
        .order_by("created_at"),
        "address": customer_addresses.address_of(found),
        "packs": balances.lines_of(found, at=now),
        "lots": [one for one in lots if not one.is_past],
        "past": [one for one in lots if one.is_past],
        "tickets": list(_tickets_of(found)[:LAST]),
        "ticket_count": Ticket.objects.filter(customer=found).count(),
        "orders": list(lists.orders_of(found)[:LAST]),
        "payments": lists.with_orders(lists.payments_of(found)[:LAST]),
        "disputes": _disputes_of(found),
        "credit_cents": payments.credit_cents(found),
        "has_entries": bool(entries),
        "entries": statement_lines.entries_of(
            entries, reader=request.user, language=reading.language(), now=now, at_desk=True
        ),
    }
    return render(request, "home/desk/customer.html", context)


@require_safe
@access.team
def customer_tickets(request: Any, customer_id: int) -> HttpResponse:
    """All tickets of a customer, the newest first."""
    found = get_object_or_404(Customer, pk=customer_id)
    page = Paginator(_tickets_of(found), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "home/desk/customer_tickets.html", {"customer": found, "page": page})


@require_safe
@access.team
def customer_money(request: Any, customer_id: int) -> HttpResponse:
    """All orders of a customer, the last payments, and every movement of their credit."""
    found = get_object_or_404(Customer, pk=customer_id)
    context = {
        "customer": found,
        "page": Paginator(lists.orders_of(found), PER_PAGE).get_page(request.GET.get("page")),
        "payments": lists.with_orders(lists.payments_of(found)[:PER_PAGE]),
        "disputes": _disputes_of(found),
        "credit_cents": payments.credit_cents(found),
        "credit_movements": payments.credit_movements(found)[:PER_PAGE],
    }
    return render(request, "home/desk/customer_money.html", context)


def _last_entries(found: Customer, now: datetime.datetime) -> list[statement_entries.StatementEntry]:
    """The last entries of the statement, of the year before its last movement."""
    last = Movement.objects.filter(customer=found).order_by("-sequence").values_list("at", flat=True).first()
    zone = provider.time_zone()
    period = statement.Period(calendar.date_on((last or now) - YEAR, zone), calendar.date_on(now, zone))
    return statement_entries.StatementEntries(statement.CustomerStatement(found, period, at=now))[:LAST]


def _disputes_of(found: Customer) -> list[dispute_tables.DisputeRow]:
    return dispute_tables.rows_of((one, None) for one in disputed.disputes_of_customer(found)[:PER_PAGE])


def _tickets_of(found: Customer) -> Any:
    tickets = Ticket.objects.filter(customer=found).select_related("asked_by", "cover", "assigned_to")
    return tickets.order_by("-opened_at", "-id")
