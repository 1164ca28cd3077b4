from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from carnet.kernel import clock, reading
from carnet.kernel.refused import Refused
from carnet.orders.models import Order
from carnet.orders.queries import lists
from carnet.payments import queries as payments
from carnet.repayments.actions import sending
from carnet.till import forms
from carnet.till.actions import refunding, returning
from carnet.till.models import Refund
from carnet.till.queries import refunds
from carnet.till.shown import refund_words
from carnet.web import access, refusals


@require_http_methods(["GET", "HEAD", "POST"])
@access.owner
def refund_order(request: Any, order_id: int) -> HttpResponse:
    """What goes back, then what that means, then it is done (O9)."""
    order = get_object_or_404(lists.orders_found(only_open=False), pk=order_id)
    form = forms.RefundOrderForm(
        request.POST if request.method == "POST" else None, lots=refunds.lots_unused(order),
        initial={"seen": order.refunds.count(), "what": "all", "account_holder": order.buyer.name},
    )  # fmt: skip
    context: dict[str, Any] = {"order": order, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            account = sending.checked_account(form.holder(), form.cleaned_data["iban"])
            if "confirmed" in request.POST:
                return _refunded(
                    request, order, form, refunding.SentTo(form.wants_credit(), account.holder, account.iban)
                )
            context["told"] = _previewed(order, form)
        except Refused as refused:
            refusals.tell(form, refused)
    elif request.method != "POST":
        plan = refunds.preview_refund(order, at=clock.now())
        context["hindered"] = refund_words.hindered(plan, lists.disputes_of(order))
    return render(request, "till/desk/refund_order.html", context)


def _previewed(order: Order, form: forms.RefundOrderForm) -> refund_words.RefundPreviewed:
    """Refuses what the refund itself would."""
    preview = refunds.preview_refund(order, units=form.units(), at=clock.now())
    if preview.plan.is_disputed:
        raise refunding.PaymentDisputed
    if not preview.plan.lines:
        raise refunding.NothingToRefund
    return refund_words.previewed(preview, reading.language(), wants_credit=form.wants_credit())


def _refunded(request: Any, order: Order, form: forms.RefundOrderForm, to: refunding.SentTo) -> HttpResponse:
    """The number of refunds that the page knew of is in the key: of two desks that refund at once, one does."""
    refunding.refund_order(
        order=order, units=form.units(), reason=Refund.Reason.OWNER, to=to, note=form.cleaned_data["note"],
        by=request.user.as_actor(), at=clock.now(), key=f"desk:{order.pk}:{form.cleaned_data['seen']}",
    )  # fmt: skip
    messages.success(request, _("Refunded. The credit note is issued, and the customer is told by e-mail."))
    return redirect("desk:till:order", order.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access.buyer
def return_credit(request: Any) -> HttpResponse:
    """The customer wants the credit back (O4)."""
    customer = request.membership.customer
    form = forms.ReturnCreditForm(
        request.POST if request.method == "POST" else None, initial={"account_holder": customer.name}
    )
    if request.method == "POST" and form.is_valid():
        try:
            holder = form.cleaned_data["account_holder"] if form.cleaned_data["iban"] else ""
            returning.return_credit(
                customer=customer, account=sending.checked_account(holder, form.cleaned_data["iban"]),
                by=request.user.as_actor(), at=clock.now(), key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Your credit is on its way back to you."))
            return redirect("my:repayments:repayments")
    context = {"form": form, "credit_cents": payments.credit_cents(customer)}
    return render(request, "till/customer/return_credit.html", context)
