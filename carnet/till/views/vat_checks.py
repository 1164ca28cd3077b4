from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from carnet.kernel import clock
from carnet.orders.models import Order
from carnet.orders.queries import taxes
from carnet.till.actions import vat_checks as checking
from carnet.till.shown import vat_checks as words
from carnet.web import access


@require_safe
@access.team
def vat_checks(request: Any) -> HttpResponse:
    """Orders without VAT whose number VIES has not confirmed yet, and paid ones whose number it called invalid."""
    context = {"waiting": taxes.orders_to_check(), "invalid": taxes.orders_found_invalid()}
    return render(request, "till/desk/vat_checks.html", context)


@require_POST
@access.team
def check_vat_number(request: Any, order_id: int) -> HttpResponse:
    """Ask VIES now; the worker does so by itself, hourly and then daily."""
    found = get_object_or_404(Order.objects.select_related("customer", "buyer"), pk=order_id)
    checking.check_order_again(order=found, by=request.user.as_actor(), at=clock.now())
    last = taxes.last_check_of(found)
    if last is not None:
        messages.info(request, str(words.OUTCOMES_TOLD[last.outcome]))
    return redirect("desk:till:order", order_id)
