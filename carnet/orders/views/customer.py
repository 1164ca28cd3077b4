from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from carnet.invoices import queries as invoices
from carnet.kernel import clock, reading
from carnet.orders import forms
from carnet.orders.actions import announcing, changing, waiting
from carnet.orders.models import Order
from carnet.orders.queries import amounts, announcements, bounces, lists, overdue, sales
from carnet.orders.shown import confirmation, disputes, effects, paying, payment_slips, states
from carnet.orders.views import documents
from carnet.payments import queries as payments
from carnet.repayments import queries as repayments
from carnet.web import access, downloads


@require_safe
@access.buyer
def purchases(request: Any) -> HttpResponse:
    """Orders, what they wait for, invoices, and the credit."""
    customer = request.membership.customer
    context = {
        "orders": lists.orders_of(customer),
        "invoices": invoices.invoices_of(customer),
        "credit_cents": payments.credit_cents(customer),
        "credit_movements": payments.credit_movements(customer),
    }
    return render(request, "orders/customer/purchases.html", context)


@require_safe
@access.buyer
def order(request: Any, reference: str) -> HttpResponse:
    """One order: how to pay it, or what became of it."""
    found = _theirs(request, reference)
    due, paid = amounts.sum_of(found), amounts.payments_shown(found)
    is_bounced = found.is_settled and due.due_cents > 0
    waits = found.state == Order.State.WAITING or is_bounced
    to_pay = paying.paying(found, clock.now()) if waits else None
    has_gone_back = states.has_gone_back(found)
    context = {
        "order": found,
        "part": states.part_of(found),
        "sum": due,
        "effects": effects.effects_of_order(found, clock.now()) if found.is_open else [],
        "missing_cents": due.due_cents,
        "payments": paid,
        "repayments": repayments.repayments_of_payments(paid),
        "disputes": disputes.told(found, lists.disputes_of(found), reading.language()),
        "last_day": (bounces.last_day_again(found) if is_bounced else None) or overdue.last_day_to_pay(found),
        "can_withdraw": sales.can_withdraw(found, clock.now()) and not has_gone_back,
        "has_gone_back": has_gone_back,
        "may_request_invoice": paying.may_request_invoice(found),
        "withdrawal_until": sales.withdrawal_until(found),
        "usable": "" if is_bounced else confirmation.usable(found, reading.language()),
        "announced": announcements.last_of(found) if waits else None,
        "announce_form": forms.AnnounceChequeForm(),
        "qr": payment_slips.transfer_qr(found) if to_pay and to_pay.has_qr else "",
        "paying": to_pay,
        "has_given_up": "given_up" in request.GET,
    }
    return render(request, "orders/customer/order.html", context)


@require_safe
@access.buyer
def slip(request: Any, reference: str) -> HttpResponse:
    """How to pay, as a sheet to print."""
    found = _theirs(request, reference)
    if not found.takes_money or not amounts.missing_cents(found) or not payment_slips.has_slip(found):
        raise Http404
    return downloads.pdf(payment_slips.slip(found), f"{found.reference}.pdf")


@require_safe
@access.buyer
def invoice(request: Any, number: str) -> HttpResponse:
    """The invoice as PDF, in the language of the order, or `?language=fr`: the French text is always kept."""
    found = get_object_or_404(invoices.invoices_of(request.membership.customer), number=number)
    return documents.invoice(found, in_french=request.GET.get("language") == "fr")


@require_safe
@access.buyer
def invoice_xml(request: Any, number: str) -> HttpResponse:
    """The same invoice for another program (EN 16931)."""
    return documents.invoice_xml(get_object_or_404(invoices.invoices_of(request.membership.customer), number=number))


@require_POST
@access.buyer
def announce_cheque(request: Any, reference: str) -> HttpResponse:
    """«My cheque is on its way»: the desk expects it."""
    found = _theirs(request, reference)
    form = forms.AnnounceChequeForm(request.POST)
    if form.is_valid():
        announcing.announce_cheque(
            order=found, cheque_number=form.cleaned_data["cheque_number"], by=request.user.as_actor(), at=clock.now(),
            key=form.cleaned_data["key"],
        )  # fmt: skip
        messages.success(request, _("Thank you. We will tell you by e-mail as soon as your cheque has arrived."))
    return redirect("my:orders:order", found.reference)


@require_POST
@access.buyer
def change_means(request: Any, reference: str) -> HttpResponse:
    means = request.POST.get("means", "")
    found = changing.change_means(
        order=_theirs(request, reference), means=means, by=request.user.as_actor(), at=clock.now()
    )
    return redirect("my:orders:order", found.reference)


@require_POST
@access.buyer
def cancel_order(request: Any, reference: str) -> HttpResponse:
    found = waiting.cancel_order(order=_theirs(request, reference), by=request.user.as_actor(), at=clock.now())
    return redirect("my:orders:order", found.reference)


def _theirs(request: Any, reference: str) -> Order:
    return get_object_or_404(lists.orders_of(request.membership.customer), reference=reference)
