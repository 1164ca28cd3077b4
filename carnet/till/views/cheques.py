from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carnet.cheques import actions as cheque_actions
from carnet.cheques import queries
from carnet.cheques.models import DepositSlip
from carnet.cheques.shown import slips as slip_documents
from carnet.kernel import clock
from carnet.kernel.refused import Refused
from carnet.orders.queries import announcements, lists
from carnet.payments.models import Payment
from carnet.schedule import queries as schedule
from carnet.till import forms
from carnet.till.actions import bouncing, recording
from carnet.till.shown import cheque_tables
from carnet.web import access, downloads, refusals

PER_PAGE = 50


@require_safe
@access.team
def cheques(request: Any) -> HttpResponse:
    """Cheques by how far they are: `?state=announced`, to_deposit (the first), on_slip, deposited, cleared, bounced."""
    return _room(request)


@require_POST
@access.owner
def make_deposit_slip(request: Any) -> HttpResponse:
    """A slip of the chosen cheques."""
    form = forms.DepositSlipForm(request.POST)
    if form.is_valid():
        try:
            slip = cheque_actions.make_deposit_slip(
                payments=form.cleaned_data["payments"], by=request.user.as_actor(), at=clock.now(),
                key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as refused:
            messages.warning(request, refusals.sentence(refused))
        else:
            return redirect("desk:till:deposit_slip", slip.pk)
    return redirect("desk:till:cheques")


@require_safe
@access.team
def deposit_slips(request: Any) -> HttpResponse:
    page = Paginator(queries.slips(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "till/desk/deposit_slips.html", {"page": page, "tabs": cheque_tables.tabs("slips")})


@require_safe
@access.team
def deposit_slip(request: Any, slip_id: int) -> HttpResponse:
    return _slip(request, get_object_or_404(DepositSlip, pk=slip_id))


@require_safe
@access.team
def deposit_slip_pdf(request: Any, slip_id: int) -> HttpResponse:
    """In French, for the bank."""
    slip = get_object_or_404(DepositSlip, pk=slip_id)
    return downloads.pdf(slip_documents.slip_pdf(slip), f"{slip.number}.pdf")


@require_POST
@access.owner
def record_deposit(request: Any, slip_id: int) -> HttpResponse:
    """The slip was handed in at the bank."""
    slip = get_object_or_404(DepositSlip, pk=slip_id)
    form = forms.DepositForm(request.POST)
    if form.is_valid():
        try:
            cheque_actions.deposit_slip(slip=slip, by=request.user.as_actor(), at=clock.now(), **form.cleaned_data)
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            return redirect("desk:till:deposit_slip", slip.pk)
    return _slip(request, slip, deposit_form=form)


@require_POST
@access.owner
def clear_slip(request: Any, slip_id: int) -> HttpResponse:
    """All its cheques have cleared."""
    slip = get_object_or_404(DepositSlip, pk=slip_id)
    form = forms.ClearChequeForm(request.POST)
    if form.is_valid():
        try:
            recording.clear_slip(slip=slip, by=request.user.as_actor(), at=clock.now(), **form.cleaned_data)
        except recording.SlipNotDeposited as refused:
            messages.warning(request, refusals.sentence(refused))
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Recorded: the cheques of this slip have cleared."))
            return redirect("desk:till:deposit_slip", slip.pk)
    return _slip(request, slip, clear_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@access.owner
def bounce_cheque(request: Any, payment_id: int) -> HttpResponse:
    """The bank has not paid a cheque; the page says what follows."""
    payment = get_object_or_404(
        Payment.objects.select_related("customer", "details", "bounce"), pk=payment_id, means="cheque"
    )
    form = forms.BounceChequeForm(
        request.POST if request.method == "POST" else None, initial={"bounced_on": schedule.today(clock.now())}
    )
    if request.method == "POST" and form.is_valid():
        try:
            bouncing.bounce_cheque(payment=payment, by=request.user.as_actor(), at=clock.now(), **form.cleaned_data)
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Recorded. The customer is told by e-mail how to pay again, and until when."))
            return redirect(cheque_tables.href("bounced"))
    context = {"payment": payment, "form": form, "order": lists.with_orders([payment])[0][1]}
    return render(request, "till/desk/bounce_cheque.html", context)


def _room(request: Any) -> HttpResponse:
    state = request.GET.get("state", "")
    if state == "announced":
        expected = Paginator(announcements.announced(), PER_PAGE).get_page(request.GET.get("page"))
        rows = cheque_tables.announced(list(expected.object_list))
        context: dict[str, Any] = {"page": expected, "rows": rows, "tabs": cheque_tables.tabs(state)}
        return render(request, "till/desk/cheques_announced.html", context)
    known = next((one for one in queries.STATES if one == state), queries.STATES[0])
    page = Paginator(queries.cheques(known), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "rows": cheque_tables.rows(list(page.object_list)), "tabs": cheque_tables.tabs(known),
        "state": known, "nothing": cheque_tables.NOTHING[known], "form": forms.DepositSlipForm(),
        "may_deposit": known == "to_deposit" and request.user.is_owner,
    }  # fmt: skip
    return render(request, "till/desk/cheques.html", context)


def _slip(request: Any, slip: DepositSlip, **typed: Any) -> HttpResponse:
    today = {"cleared_on": schedule.today(clock.now()), "deposited_on": schedule.today(clock.now())}
    found = list(queries.cheques_on(slip))
    context = {
        "slip": slip, "rows": cheque_tables.rows(found), "deposit_form": forms.DepositForm(initial=today),
        "clear_form": forms.ClearChequeForm(initial=today), "tabs": cheque_tables.tabs("slips"),
        "waits": any(not hasattr(one, "clearing") and not hasattr(one, "bounce") for one in found),
    }  # fmt: skip
    return render(request, "till/desk/deposit_slip.html", context | typed)
