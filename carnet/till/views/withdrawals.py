from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from carnet.kernel import clock
from carnet.kernel.refused import Refused
from carnet.till.actions import withdrawing
from carnet.till.models import Withdrawal
from carnet.till.queries import withdrawals as withdrawal_queries
from carnet.web import access, refusals

PER_PAGE = 50


@require_safe
@access.team
def withdrawals(request: Any) -> HttpResponse:
    """Every withdrawal, those that wait to be confirmed first."""
    page = Paginator(withdrawal_queries.withdrawals_found(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "till/desk/withdrawals.html", {"page": page})


@require_POST
@access.owner
def carry_out_withdrawal(request: Any, withdrawal_id: int) -> HttpResponse:
    """The owner knows by other ways that it came from the customer."""
    withdrawal = get_object_or_404(Withdrawal.objects.select_related("order"), pk=withdrawal_id)
    try:
        withdrawing.carry_out_withdrawal(
            withdrawal=withdrawal, person=request.user, by=request.user.as_actor(), at=clock.now()
        )
    except Refused as refused:
        messages.warning(request, refusals.sentence(refused))
    else:
        messages.success(request, _("Carried out. The customer is told by e-mail what is paid back."))
    return redirect("desk:till:order", withdrawal.order_id)
