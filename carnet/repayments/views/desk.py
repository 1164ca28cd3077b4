from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from carnet.kernel import clock
from carnet.kernel.refused import Refused
from carnet.repayments import forms, queries
from carnet.repayments.actions import sending
from carnet.repayments.models import Repayment
from carnet.repayments.shown import repayment_words
from carnet.schedule import queries as schedule
from carnet.web import access, refusals

PER_PAGE = 50


@require_safe
@access.team
def repayments(request: Any) -> HttpResponse:
    """What has to be sent, the oldest first; `?state=asked` is what the payment service sends, `sent` what was."""
    state = request.GET.get("state", "")
    state = state if state in ("asked", "sent") else "due"
    page = Paginator(queries.repayments(state), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "state": state, "tabs": repayment_words.tabs(request.path, state)}
    return render(request, "repayments/desk/repayments.html", context)


@require_safe
@access.team
def repayment(request: Any, repayment_id: int) -> HttpResponse:
    return _page(request, _found(repayment_id))


@require_POST
@access.owner
def record_sent(request: Any, repayment_id: int) -> HttpResponse:
    found = _found(repayment_id)
    form = forms.RecordSentForm(request.POST)
    if form.is_valid():
        try:
            sending.record_sent(repayment=found, by=request.user.as_actor(), at=clock.now(), **form.cleaned_data)
        except Refused as refused:
            refusals.tell(form, refused)
            form.show(found.iban)
        else:
            messages.success(request, _("Recorded as sent. The customer is told by e-mail."))
            return redirect("desk:repayments:repayments")
    return _page(request, found, sent_form=form)


@require_POST
@access.owner
def give_account(request: Any, repayment_id: int) -> HttpResponse:
    found = _found(repayment_id)
    form = forms.AccountForm(request.POST)
    if form.is_valid():
        try:
            sending.give_account(repayment=found, by=request.user.as_actor(), at=clock.now(), **form.cleaned_data)
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Account saved."))
            return redirect("desk:repayments:repayment", found.pk)
    return _page(request, found, account_form=form)


@require_POST
@access.owner
def send_otherwise(request: Any, repayment_id: int) -> HttpResponse:
    """By transfer, what the payment service does not send."""
    sending.send_otherwise(repayment=_found(repayment_id), by=request.user.as_actor(), at=clock.now())
    return redirect("desk:repayments:repayment", repayment_id)


def _found(repayment_id: int) -> Repayment:
    return get_object_or_404(queries.repayments(), pk=repayment_id)


def _page(request: Any, found: Repayment, **typed: Any) -> HttpResponse:
    account = getattr(found, "account", None)
    sent = {"sent_on": schedule.today(clock.now()), "means": found.means, "shown_iban": found.iban}
    context = {
        "repayment": found,
        "sent_form": forms.RecordSentForm(initial=sent),
        "account_form": forms.AccountForm(
            initial={"holder": account.holder, "iban": account.iban} if account else {"holder": found.customer.name}
        ),
        "qr": repayment_words.transfer_qr(found),
        "cautions": repayment_words.cautions(found, is_disputed=queries.is_disputed(found)),
        "may_send_otherwise": repayment_words.may_send_otherwise(found),
    }
    return render(request, "repayments/desk/repayment.html", context | typed)
