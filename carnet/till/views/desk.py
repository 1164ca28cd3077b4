from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carnet.kernel import clock
from carnet.kernel.refused import Refused
from carnet.orders.models import Order
from carnet.orders.queries import amounts, lists, overdue, sales, taxes
from carnet.orders.shown import paying, states
from carnet.orders.shown.tables import euros
from carnet.payments import queries as payment_queries
from carnet.payments.models import Checkout, Means, Payment
from carnet.payments.rules.online import ServiceFailed
from carnet.people.models import Customer
from carnet.provider import queries as provider
from carnet.repayments import queries as repayments
from carnet.schedule import queries as schedule
from carnet.till import forms
from carnet.till.actions import checkouts as checkout_actions
from carnet.till.actions import crediting, invoicing, recording, undoing
from carnet.till.queries import online, refunds
from carnet.till.shown import checkout_words, dispute_tables, tables, unprintable
from carnet.till.shown.state_tabs import state_tabs
from carnet.web import access, downloads, refusals

PER_PAGE = 50
VAT_CHECKS_SHOWN = 5


@require_safe
@access.team
def order(request: Any, order_id: int) -> HttpResponse:
    found = _found(order_id)
    return _order(request, found, _payment_form(None, found))


@require_POST
@access.team
def look_at_order(request: Any, order_id: int) -> HttpResponse:
    """Ask the payment service now what became of the order’s payments there."""
    try:
        looked = checkout_actions.look_at_order(order=_found(order_id), by=request.user.as_actor(), at=clock.now())
    except ServiceFailed:
        messages.warning(request, _("PayPal is not responding at the moment. Carnet keeps asking automatically."))
    else:
        messages.info(request, checkout_words.news(looked))
    return redirect("desk:till:order", order_id)


@require_safe
@access.team
def paypal(request: Any) -> HttpResponse:
    """What is begun there comes first."""
    return redirect("desk:till:checkouts")


@require_safe
@access.team
def checkouts(request: Any) -> HttpResponse:
    """What was begun at the payment service, the newest first; `?state=` shows one state alone."""
    state = request.GET.get("state", "")
    state = state if state in Checkout.State else ""
    page = Paginator(online.checkouts(state), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "state": state, "tabs": state_tabs(request.path, checkout_words.STATES, state)}
    return render(request, "till/desk/checkouts.html", context)


@require_POST
@access.owner
def request_invoice(request: Any, order_id: int) -> HttpResponse:
    """For a company that asks by telephone for its invoice before it pays."""
    invoice = invoicing.request_invoice(order=_found(order_id), by=request.user.as_actor(), at=clock.now())
    messages.success(request, _("Invoice %(number)s has been issued and sent.") % {"number": invoice.number})
    return redirect("desk:till:order", order_id)


@require_http_methods(["POST"])
@access.owner
def record_payment(request: Any, order_id: int) -> HttpResponse:
    found = _found(order_id)
    form = _payment_form(request.POST, found)
    if form.is_valid():
        try:
            recording.record_payment(
                order=found,
                money=form.money(),
                by=request.user.as_actor(),
                at=clock.now(),
                key=form.cleaned_data["key"],
            )
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            found.refresh_from_db(fields=["state"])
            messages.success(request, _what_happened(found))
            return redirect("desk:till:order", found.pk)
    return _order(request, found, form)


@require_http_methods(["GET", "HEAD", "POST"])
@access.owner
def record_unallocated_payment(request: Any, customer_id: int) -> HttpResponse:
    """Money from a customer that says no order. Their orders that wait stand beside it: it may be meant for one."""
    customer = get_object_or_404(Customer, pk=customer_id)
    now = clock.now()
    form = forms.RecordPaymentForm(
        request.POST if request.method == "POST" else None,
        initial={"means": Means.TRANSFER, "received_on": schedule.today(now), "payer": customer.name},
    )
    if request.method == "POST" and form.is_valid():
        try:
            crediting.record_unallocated_payment(
                customer=customer, money=form.money(), by=request.user.as_actor(), at=now, key=form.cleaned_data["key"]
            )
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Recorded as the customer’s credit."))
            return redirect("desk:home:customer", customer.pk)
    context = {
        "customer": customer,
        "form": form,
        "waiting": lists.orders_of(customer).open(),
        "counts_once_cleared": provider.setting("cheque_activates_on") == "clearing",
    }
    return render(request, "till/desk/record_unallocated_payment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.owner
def clear_cheque(request: Any, payment_id: int) -> HttpResponse:
    payment = get_object_or_404(Payment, pk=payment_id, means="cheque")
    form = forms.ClearChequeForm(
        request.POST if request.method == "POST" else None, initial={"cleared_on": schedule.today(clock.now())}
    )
    if request.method == "POST" and form.is_valid():
        try:
            recording.clear_cheque(payment=payment, by=request.user.as_actor(), at=clock.now(), **form.cleaned_data)
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            return _to_cause(payment)
    return render(request, "till/desk/clear_cheque.html", {"payment": payment, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@access.owner
def undo_payment(request: Any, payment_id: int) -> HttpResponse:
    """A payment that was recorded by mistake; its page says what becomes of it."""
    payment = get_object_or_404(Payment.objects.select_related("customer", "details", "undone"), pk=payment_id)
    form = forms.UndoPaymentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            undoing.undo_payment(payment=payment, by=request.user.as_actor(), at=clock.now(), **form.cleaned_data)
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Corrected. The payment no longer counts, and the customer is told by e-mail."))
            return _to_cause(payment)
    return render(request, "till/desk/undo_payment.html", {"payment": payment, "form": form})


def _to_cause(payment: Payment) -> HttpResponse:
    if payment.cause_kind == "order":
        return redirect("desk:till:order", payment.cause_id)
    return redirect("desk:home:customer", payment.customer_id)


@require_safe
@access.team
def payments(request: Any) -> HttpResponse:
    form = forms.PaymentSearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    page = Paginator(lists.payments_found(words), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "words": words, "page": page, "differences": payment_queries.open_differences()}
    return render(request, "till/desk/payments.html", context)


@require_safe
@access.team
def payments_csv(request: Any) -> HttpResponse:
    return downloads.table(tables.payments(), "payments.csv")


def _found(order_id: int) -> Order:
    return get_object_or_404(lists.orders_found(only_open=False), pk=order_id)


def _payment_form(data: Any, found: Order) -> forms.RecordPaymentForm:
    missing = amounts.missing_cents(found)
    return forms.RecordPaymentForm(
        data,
        initial={
            "means": Means.TRANSFER if found.means == Means.PAYPAL else found.means,
            "amount_cents": euros(missing) if missing else "",
            "received_on": schedule.today(clock.now()),
            "payer": found.buyer.name,
        },
    )


def _order(request: Any, found: Order, form: forms.RecordPaymentForm) -> HttpResponse:
    due, paid = amounts.sum_of(found), amounts.payments_shown(found)
    context = {
        "order": found,
        "form": form,
        "sum": due,
        "missing_cents": due.due_cents,
        # Of one that is paid, cancelled, or waits for the customer's choice, a further payment is the exception.
        "is_expected": due.due_cents > 0
        or found.state not in (Order.State.SETTLED, Order.State.CANCELLED, Order.State.CHOOSING),
        "payments": paid,
        "refunds": refunds.refunds_of(found),
        "repayments": repayments.repayments_of_payments(paid),
        "disputes": dispute_tables.rows_of((one, found) for one in lists.disputes_of(found)),
        "checkouts": payment_queries.checkouts_of(found.cause),
        "vat_checks": taxes.checks_of(found)[:VAT_CHECKS_SHOWN],
        "last_day": overdue.last_day_to_pay(found),
        "may_request_invoice": paying.may_request_invoice(found),
        "withdrawal_until": sales.withdrawal_until(found),
        "has_gone_back": states.has_gone_back(found),
        "unknown_characters": unprintable.unknown_characters(found),
    }
    return render(request, "till/desk/order.html", context)


def _what_happened(found: Order) -> str:
    if found.is_settled and amounts.missing_cents(found):
        return _("Recorded. The rest of the bounced cheque is still missing.")
    if found.is_settled:
        return _("Recorded. The order is now paid.")
    if found.state == Order.State.CHOOSING:
        return _(
            "Recorded. The payment was late and this offer is no longer on sale: the customer is asked what to do."
        )
    if found.state == Order.State.CANCELLED:
        return _("Recorded as the customer’s credit.")
    return _("Recorded. The order is still waiting for payment.")
