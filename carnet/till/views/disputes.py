from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carnet.orders.queries import lists
from carnet.orders.shown.disputes import RESOLUTION_CENTRE
from carnet.payments.models import Dispute
from carnet.till.queries import disputed
from carnet.till.shown import dispute_tables
from carnet.web import access

PER_PAGE = 50


@require_safe
@access.team
def disputes(request: Any) -> HttpResponse:
    """Disputed payments, those that wait for an answer first, with what the service says of them."""
    page = Paginator(disputed.disputes_found(), PER_PAGE).get_page(request.GET.get("page"))
    orders = dict(lists.with_orders(one.payment for one in page.object_list))
    rows = dispute_tables.rows_of((one, orders[one.payment]) for one in page.object_list)
    is_open = any(one.state == Dispute.State.OPEN for one in page.object_list)
    context = {"page": page, "rows": rows, "is_open": is_open, "address": RESOLUTION_CENTRE}
    return render(request, "till/desk/disputes.html", context)
