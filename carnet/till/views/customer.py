from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from carnet.catalogue.models import Edition
from carnet.kernel import clock, reading
from carnet.kernel.refused import Refused
from carnet.orders.actions import checking_vat
from carnet.orders.actions import placing as ordering
from carnet.orders.models import Order, OrderMeans
from carnet.orders.queries import amounts, lists, sales
from carnet.orders.shown import effects
from carnet.payments import queries as payments
from carnet.payments.models import Checkout
from carnet.payments.rules.online import ServiceFailed
from carnet.people.models import Customer
from carnet.provider import queries as provider
from carnet.provider.models import TextVersion
from carnet.till import forms
from carnet.till.actions import checkouts, crediting, invoicing, placing
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
    known = {**begun, **shown, "person": begun.get("person") or request.user.pk}
    about = {"customer": customer, "is_shared": edition.shared}
    step = request.POST.get("step", "confirm")
    is_checked = request.method != "POST" and "change" not in request.GET and forms.is_decided(known, **about)
    form = forms.PlaceOrderForm(
        request.POST if request.method == "POST" else None, initial=known, is_confirmed=step == "confirm", **about
    )  # fmt: skip
    if request.method == "POST" and step == "change":
        typed = {**request.POST.dict(), "has_no_siren": request.POST.get("has_no_siren") in ("True", "on")}
        form = forms.PlaceOrderForm(initial={**known, **typed, **shown}, **about)
    elif request.method == "POST" and form.is_valid():
        try:
            if step == "confirm":
                return _ordered(request, form, edition)
            # Before the price is shown by which it will be charged.
            checking_vat.ask_about_buyer(customer=customer, buyer=form.buyer(request.user.email), at=now)
            is_checked = True
        except Refused as refused:
            refusals.tell(form, refused)
            if isinstance(refused, ordering.VatNumberInvalid):
                form.offer_vat()
            is_checked = step == "confirm" and not form.is_to_be_changed
            _agree(form, shown)
    elif request.method == "POST":
        is_checked = step == "confirm" and not form.is_to_be_changed
    quote = _quote(form, customer, edition)
    if form.is_bound:
        _agree(form, {"price": quote.price_cents})
    else:
        form.initial["price"] = quote.price_cents
    country, postcode = form.place(customer)
    context = {
        "form": form.unseen() if is_checked else form,
        "edition": edition,
        "terms": terms,
        "effects": effects.effects_expected(customer, edition, now),
        "quote": quote,
        "withdrawal_last_day": sales.withdrawal_last_day(customer, now, country=country, postcode=postcode),
        "indivisible_per": provider.setting("indivisible_per"),
    }
    return render(request, f"till/customer/{'check_order' if is_checked else 'place_order'}.html", context)


def _ordered(request: Any, form: forms.PlaceOrderForm, shown: Edition) -> HttpResponse:
    """The order is placed, and its page is next."""
    order = _placed(request, form, shown)
    typed_order.forget(request)
    if order.means == OrderMeans.PAYPAL and not order.is_settled:
        _begin(request, order)
    return redirect("my:orders:order", order.reference)


def _agree(form: forms.PlaceOrderForm, shown: dict[str, int]) -> None:
    """The page now shows what is on sale and what it costs, and the form agrees with it."""
    typed = cast(QueryDict, form.data).copy()
    typed.update({name: str(value) for name, value in shown.items()})
    form.data = typed


def _quote(form: forms.PlaceOrderForm, customer: Customer, edition: Edition) -> sales.Quote:
    """What it costs whom the form names so far, with the VAT that they would be charged."""
    typed = {
        name: form[name].value() or "" for name in ("country", "postcode", "vat_number") if name in form.fields
    }  # fmt: skip
    has_number = "vat_number" in typed and not form["with_vat"].value()
    return sales.quote(
        customer, edition, country=typed["country"] or customer.country, postcode=typed["postcode"], at=clock.now(),
        vat_number=ordering.plain_vat_number(typed["vat_number"]) if has_number else "",
    )  # fmt: skip


def _placed(request: Any, form: forms.PlaceOrderForm, shown: Edition) -> Order:
    """The order of what the page showed. Refuses `ordering.PriceChanged` for an edition of another offer, too."""
    typed = form.cleaned_data
    edition = Edition.objects.select_related("offer").filter(pk=typed["edition"], offer=shown.offer_id).first()
    if edition is None:
        raise ordering.PriceChanged
    purchase = ordering.Purchase(
        items=(ordering.Item(edition, typed.get("person")),), means=typed["means"],
        terms=get_object_or_404(TextVersion, pk=typed["terms"]), express_request=typed.get("express_request", False),
        language=reading.language(), shown_cents=typed["price"],
    )  # fmt: skip
    customer, buyer = request.membership.customer, form.buyer(request.user.email)
    # VIES is asked before the transaction of the order begins.
    checking_vat.ask_about_buyer(customer=customer, buyer=buyer, at=clock.now())
    return placing.place_order(
        customer=customer, purchase=purchase, buyer=buyer,
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
def request_invoice(request: Any, reference: str) -> HttpResponse:
    """A company wants its invoice before it pays."""
    found = _theirs(request, reference)
    invoice = invoicing.request_invoice(order=found, by=request.user.as_actor(), at=clock.now())
    said = _("Invoice %(number)s has been issued. It is sent to you by e-mail and is in your account.")
    messages.success(request, said % {"number": invoice.number})
    return redirect("my:orders:order", found.reference)


@require_POST
@access.buyer
def choose_credit(request: Any, reference: str) -> HttpResponse:
    found = _theirs(request, reference)
    crediting.choose_credit(order=found, by=request.user.as_actor(), at=clock.now())
    return redirect("my:orders:purchases")
