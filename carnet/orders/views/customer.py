from typing import Any, cast

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carnet.catalogue.models import Edition
from carnet.invoices import queries as invoices
from carnet.kernel import clock
from carnet.kernel.refused import Refused
from carnet.orders import forms, queries
from carnet.orders.actions import placing, settling, waiting
from carnet.orders.models import Order
from carnet.orders.queries import confirmation, effects, slips
from carnet.orders.views import answers, kept
from carnet.payments import queries as payments
from carnet.provider import queries as provider
from carnet.provider.models import TextVersion
from carnet.web import access, refusals, visitors


@require_safe
@access.buyer
def purchases(request: Any) -> HttpResponse:
    """Orders, what they wait for, invoices, and the credit."""
    customer = request.membership.customer
    context = {
        "orders": queries.orders_of(customer),
        "invoices": invoices.invoices_of(customer),
        "credit_cents": payments.credit_cents(customer),
        "credit_movements": payments.credit_movements(customer),
    }
    return render(request, "orders/customer/purchases.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.buyer
def place_order(request: Any, offer_code: str) -> HttpResponse:
    now, customer = clock.now(), request.membership.customer
    if provider.missing_for_sale():
        raise placing.NotOpenForSale
    edition = queries.packs_on_sale(now).filter(offer__code=offer_code).first()
    terms = queries.terms_at(now)
    if edition is None or terms is None:
        raise Http404
    shown = {"edition": edition.pk, "terms": terms.pk}
    begun = forms.initial_buyer(customer) | kept.typed(request, offer_code)
    form = forms.PlaceOrderForm(
        request.POST if request.method == "POST" else None, customer=customer, is_shared=edition.shared,
        initial={**begun, **shown, "person": request.user.pk},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            order = _placed(request, form, edition)
        except Refused as refused:
            refusals.tell(form, refused)
            # The page now shows what is on sale, and the form agrees with it.
            typed = cast(QueryDict, form.data).copy()
            typed.update({name: str(value) for name, value in shown.items()})
            form.data = typed
        else:
            kept.forget(request)
            return redirect("my:orders:order", order.reference)
    context = {
        "form": form,
        "edition": edition,
        "terms": terms,
        "effects": effects.effects_expected(customer, edition, now),
        "quote": queries.quote(customer, edition, country=form["country"].value() or customer.country),
        "withdrawal_last_day": queries.withdrawal_last_day(customer, now),
        "indivisible_per": provider.setting("indivisible_per"),
    }
    return render(request, "orders/customer/place_order.html", context)


def _placed(request: Any, form: forms.PlaceOrderForm, shown: Edition) -> Order:
    """The order of what the page showed. Refuses `placing.PriceChanged` for an edition of another offer, too."""
    typed = form.cleaned_data
    edition = Edition.objects.select_related("offer").filter(pk=typed["edition"], offer=shown.offer_id).first()
    if edition is None:
        raise placing.PriceChanged
    return placing.place_order(
        customer=request.membership.customer, edition=edition,
        buyer=form.buyer(request.user.email), means=typed["means"],
        express_request=typed.get("express_request", False),
        terms=get_object_or_404(TextVersion, pk=typed["terms"]), person=typed.get("person"), placed_by=request.user,
        ip=visitors.address_of(request), language=(get_language() or "fr")[:2],
        by=request.user.as_actor(), at=clock.now(), key=typed["key"],
    )  # fmt: skip


@require_safe
@access.buyer
def order(request: Any, reference: str) -> HttpResponse:
    """One order: how to pay it, or what became of it."""
    found = _theirs(request, reference)
    due = queries.sum_of(found)
    context = {
        "order": found,
        "sum": due,
        "effects": effects.effects_expected(found.customer, found.edition, clock.now()) if found.is_open else [],
        "missing_cents": due.due_cents,
        "payments": queries.payments_shown(found),
        "last_day": queries.last_day_to_pay(found),
        "can_withdraw": queries.can_withdraw(found, clock.now()),
        "usable": confirmation.usable(found, (get_language() or "fr")[:2]),
        "qr": queries.transfer_qr(found) if found.state == Order.State.WAITING and found.means == "transfer" else "",
    }
    return render(request, "orders/customer/order.html", context)


@require_safe
@access.buyer
def slip(request: Any, reference: str) -> HttpResponse:
    """How to pay, as a sheet to print."""
    found = _theirs(request, reference)
    if found.state != Order.State.WAITING:
        raise Http404
    return answers.pdf(slips.slip(found), f"{found.reference}.pdf")


@require_safe
@access.buyer
def invoice(request: Any, number: str) -> HttpResponse:
    """The invoice as PDF, in the language of the order, or `?language=fr`: the French text is always kept."""
    found = get_object_or_404(invoices.invoices_of(request.membership.customer), number=number)
    return answers.invoice(found, in_french=request.GET.get("language") == "fr")


@require_POST
@access.buyer
def choose_credit(request: Any, reference: str) -> HttpResponse:
    settling.choose_credit(order=_theirs(request, reference), by=request.user.as_actor(), at=clock.now())
    return redirect("my:orders:purchases")


@require_POST
@access.buyer
def cancel_order(request: Any, reference: str) -> HttpResponse:
    found = waiting.cancel_order(order=_theirs(request, reference), by=request.user.as_actor(), at=clock.now())
    return redirect("my:orders:order", found.reference)


def _theirs(request: Any, reference: str) -> Order:
    return get_object_or_404(queries.orders_of(request.membership.customer), reference=reference)
