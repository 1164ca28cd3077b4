from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from carnet.kernel import clock
from carnet.kernel.refused import Refused
from carnet.repayments import forms, queries
from carnet.repayments.actions import sending
from carnet.repayments.models import Repayment
from carnet.web import access, refusals


@require_safe
@access.buyer
def repayments(request: Any) -> HttpResponse:
    """What goes back to the customer, and how far it is."""
    found = list(queries.repayments_of(request.membership.customer))
    return render(request, "repayments/customer/repayments.html", {"repayments": found})


@require_http_methods(["GET", "HEAD", "POST"])
@access.buyer
def give_account(request: Any, repayment_id: int) -> HttpResponse:
    """Where the money is to be sent."""
    found = get_object_or_404(queries.repayments_of(request.membership.customer), pk=repayment_id)
    if found.state != Repayment.State.DUE:
        raise Http404
    account = getattr(found, "account", None)
    begun = {"holder": account.holder, "iban": account.iban} if account else {"holder": found.customer.name}
    form = forms.AccountForm(request.POST if request.method == "POST" else None, initial=begun)
    if request.method == "POST" and form.is_valid():
        try:
            sending.give_account(repayment=found, by=request.user.as_actor(), at=clock.now(), **form.cleaned_data)
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Thank you. We will send the money to this account."))
            return redirect("my:repayments:repayments")
    return render(request, "repayments/customer/give_account.html", {"repayment": found, "form": form})
