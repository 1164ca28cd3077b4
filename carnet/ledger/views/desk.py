from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from carnet.kernel import calendar, clock
from carnet.kernel.refused import Refused
from carnet.ledger import forms
from carnet.ledger.actions import lots
from carnet.people.models import Customer
from carnet.provider import queries as provider
from carnet.web import access, refusals


@require_http_methods(["GET", "HEAD", "POST"])
@access.owner
def grant_goodwill(request: Any, customer_id: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    now = clock.now()
    today = calendar.date_on(now, provider.time_zone())
    form = forms.GrantGoodwillForm(request.POST or None, customer=customer, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            lot = lots.grant_goodwill(
                customer=customer, goodwill=form.goodwill(), by=request.user.as_actor(), at=now,
                key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            told = ngettext("%(count)s ticket was given.", "%(count)s tickets were given.", lot.quantity)
            messages.success(request, told % {"count": lot.quantity})
            return redirect("desk:home:customer", customer.pk)
    return render(request, "ledger/desk/grant_goodwill.html", {"customer": customer, "form": form})
