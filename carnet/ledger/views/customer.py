from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from carnet.kernel import clock
from carnet.ledger import forms, queries
from carnet.ledger.actions import sharing
from carnet.ledger.models import Lot
from carnet.web import access


@require_http_methods(["GET", "HEAD", "POST"])
@access.holder
def set_allowances(request: Any, lot_number: int) -> HttpResponse:
    """L9: of a shared lot, also one that is past; a personal one has no such page."""
    shared = Lot.objects.filter(customer=request.membership.customer, shared=True).select_related("customer")
    lot = get_object_or_404(shared, number=lot_number)
    shares = queries.shares_of(lot)
    form = forms.SetAllowancesForm(request.POST if request.method == "POST" else None, lot=lot, shares=shares)
    if request.method == "POST" and form.is_valid():
        # Refused only if somebody was removed since the form was made: then the page says so.
        sharing.set_allowances(lot=lot, allowances=form.allowances(), by=request.user.as_actor(), at=clock.now())
        messages.success(request, _("Saved."))
        return redirect("my:ledger:set_allowances", lot.number)
    context = {"lot": lot, "form": form, "holders": [one for one in shares if one.membership.is_holder]}
    return render(request, "ledger/customer/set_allowances.html", context, status=422 if form.errors else 200)
