from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from carnet.catalogue.models import Edition
from carnet.kernel import clock, reading
from carnet.kernel.refused import Refused
from carnet.orders.actions import placing as ordering
from carnet.orders.models import Order, OrderMeans
from carnet.orders.queries import amounts, lists, sales
from carnet.orders.shown import effects
from carnet.payments import queries as payments
from carnet.payments.models import Checkout
from carnet.payments.rules.online import ServiceFailed
from carnet.provider import queries as provider
from carnet.provider.models import TextVersion
from carnet.till import forms
from carnet.till.actions import checkouts, crediting, placing
from carnet.till.shown import checkout_words
from carnet.till.views import typed_order
from carnet.web import access, refusals, visitors


@require_http_methods(["GET", "HEAD", "POST"])
@access.buyer
def place_order(request: Any, offer_code: str) -> HttpResponse:
    now, customer = clock.now(), request.membership.customer
    if provider.missing_for_sale():
        raise ordering.NotOpenForSale
    edition = sales.packs_on_sale(now).filter(offer__code=offer_code).first()
    terms = sales.terms_at(now)
    if edition is None or terms is None:
        raise Http404
    shown = {"edition": edition.pk, "terms": terms.pk}
    begun = forms.initial_buyer(customer) | typed_order.typed(request, offer_code)
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
            typed_order.forget(request)
            if order.means == OrderMeans.PAYPAL and not order.is_settled:
                _begin(request, order)
            return redirect("my:orders:order", order.reference)
    context = {
        "form": form,
        "edition": edition,
        "terms": terms,
        "effects": effects.effects_expected(customer, edition, now),
        "quote": sales.quote(customer, edition, country=form["country"].value() or customer.country),
        "withdrawal_last_day": sales.withdrawal_last_day(customer, now),
        "indivisible_per": provider.setting("indivisible_per"),
    }
    return render(request, "till/customer/place_order.html", context)


def _placed(request: Any, form: forms.PlaceOrderForm, shown: Edition) -> Order:
    """The order of what the page showed. Refuses `ordering.PriceChanged` for an edition of another offer, too."""
    typed = form.cleaned_data
    edition = Edition.objects.select_related("offer").filter(pk=typed["edition"], offer=shown.offer_id).first()
    if edition is None:
        raise ordering.PriceChanged
    purchase = ordering.Purchase(
        items=(ordering.Item(edition, typed.get("person")),), means=typed["means"],
        terms=get_object_or_404(TextVersion, pk=typed["terms"]), express_request=typed.get("express_request", False),
        language=reading.language(),
    )  # fmt: skip
    return placing.place_order(
        customer=request.membership.customer, purchase=purchase, buyer=form.buyer(request.user.email),
        placed_by=request.user, ip=visitors.address_of(request), by=request.user.as_actor(), at=clock.now(),
        key=typed["key"],
    )  # fmt: skip


@require_POST
@access.buyer
def begin_checkout(request: Any, reference: str) -> HttpResponse:
    """Its page then leads to the payment service by a link: a form may only be sent to this site."""
    found = _theirs(request, reference)
    _begin(request, found)
    return redirect("my:orders:order", found.reference)


def _begin(request: Any, order: Order) -> None:
    """Whatever hinders, the order is kept, and its page offers the other ways."""
    try:
        checkouts.begin_checkout(order=order, by=request.user.as_actor(), at=clock.now())
    except Refused as refused:
        messages.warning(request, refusals.sentence(refused))


@require_http_methods(["GET", "HEAD", "POST"])
@access.buyer
def look_at_order(request: Any, reference: str) -> HttpResponse:
    """The payer comes back from the payment service. What the address says of it counts for nothing: this page asks for
    itself, by a form that sends itself where scripts run, and a GET writes nothing.
    """
    found = _theirs(request, reference)
    if request.method != "POST":
        if found.is_settled and not amounts.missing_cents(found):
            begun = set(payments.checkouts_of(found.cause).values_list("state", flat=True))
            if begun and begun <= checkout_words.NOTHING_TAKEN:
                messages.info(request, checkout_words.PAID_OTHERWISE)
            return redirect("my:orders:order", found.reference)
        return render(request, "till/customer/look_at_order.html", {"order": found})
    try:
        looked = checkouts.look_at_order(order=found, by=request.user.as_actor(), at=clock.now())
    except ServiceFailed:
        messages.warning(request, checkout_words.AWAY)
    except Refused as refused:
        messages.warning(request, refusals.sentence(refused))
    else:
        # The page itself tells of what is paid, being checked, or refused.
        if looked is None or looked.state in (Checkout.State.OPEN, Checkout.State.LAPSED, Checkout.State.WRONG):
            messages.info(request, checkout_words.news(looked))
    return redirect("my:orders:order", found.reference)


def _theirs(request: Any, reference: str) -> Order:
    return get_object_or_404(lists.orders_of(request.membership.customer), reference=reference)


@require_POST
@access.buyer
def choose_credit(request: Any, reference: str) -> HttpResponse:
    found = _theirs(request, reference)
    crediting.choose_credit(order=found, by=request.user.as_actor(), at=clock.now())
    return redirect("my:orders:purchases")
