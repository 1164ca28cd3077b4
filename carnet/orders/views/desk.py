from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from carnet.invoices.models import Invoice
from carnet.kernel import clock
from carnet.orders import forms
from carnet.orders.actions import waiting
from carnet.orders.models import Order
from carnet.orders.queries import lists
from carnet.orders.shown import tables
from carnet.orders.views import documents
from carnet.web import access, downloads

PER_PAGE = 50


@require_safe
@access.team
def orders(request: Any) -> HttpResponse:
    """Orders that wait, or all of them with `?all=on`, found by any part of reference, name or amount."""
    form, words, shows_all = _search(request)
    found = lists.orders_found(words=words, only_open=not shows_all)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "words": words, "shows_all": shows_all, "page": page}
    return render(request, "orders/desk/orders.html", context)


@require_POST
@access.team
def cancel_order(request: Any, order_id: int) -> HttpResponse:
    """For a customer on the phone; they are told by e-mail."""
    waiting.cancel_order(order=get_object_or_404(Order, pk=order_id), by=request.user.as_actor(), at=clock.now())
    messages.success(request, _("Order cancelled; the customer is told by e-mail."))
    return redirect("desk:till:order", order_id)


@require_safe
@access.team
def invoices(request: Any) -> HttpResponse:
    form, words, _all = _search(request)
    page = Paginator(lists.invoices_found(words), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "orders/desk/invoices.html", {"form": form, "words": words, "page": page})


@require_safe
@access.team
def invoice(request: Any, number: str) -> HttpResponse:
    found = get_object_or_404(Invoice, number=number)
    return documents.invoice(found, in_french=request.GET.get("language") == "fr")


@require_safe
@access.team
def invoice_xml(request: Any, number: str) -> HttpResponse:
    return documents.invoice_xml(get_object_or_404(Invoice, number=number))


@require_safe
@access.team
def orders_csv(request: Any) -> HttpResponse:
    return downloads.table(tables.orders(), "orders.csv")


@require_safe
@access.team
def invoices_csv(request: Any) -> HttpResponse:
    return downloads.table(tables.invoices(), "invoices.csv")


def _search(request: Any) -> tuple[forms.SearchForm, str, bool]:
    form = forms.SearchForm(request.GET)
    if not form.is_valid():
        return form, "", False
    return form, form.cleaned_data["q"], form.cleaned_data["all"]
