from typing import Any

from allauth.account.views import SignupView
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from carnet.catalogue.models import Edition
from carnet.kernel import clock
from carnet.orders.actions import placing
from carnet.orders.queries import sales
from carnet.provider import queries as provider
from carnet.till import forms
from carnet.till.views import typed_order
from carnet.web import access


@require_http_methods(["GET", "HEAD", "POST"])
@access.public
def start_order(request: Any, offer_code: str) -> HttpResponse:
    """An order by somebody who has no account yet: one form opens it and is kept, and after the code that confirms the
    address it stands in the order's own form. Who has an account goes there at once.
    """
    if provider.missing_for_sale():
        raise placing.NotOpenForSale
    edition = sales.packs_on_sale(clock.now()).filter(offer__code=offer_code).first()
    if edition is None:
        raise Http404
    if not request.user.is_authenticated:
        if request.method == "POST":
            typed_order.make_room(request)
        response: HttpResponse = StartOrder.as_view()(request, edition=edition)
        return response
    if request.membership is not None and request.membership.may_see_units:
        return redirect("my:till:place_order", offer_code)
    return render(request, "till/public/may_not_order.html", {"edition": edition})


class StartOrder(SignupView):
    """Opening an account, with the order in the same form; that the address has one already shows in the mail alone."""

    template_name = "till/public/start_order.html"

    def dispatch(self, request: Any, *, edition: Edition) -> HttpResponse:
        self.edition = edition
        self.order_form = forms.StartOrderForm(request.POST if request.method == "POST" else None)
        response: HttpResponse = super().dispatch(request)
        return response

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        known = {"edition": self.edition, "order_form": self.order_form, "place_order": self.get_success_url()}
        return {**super().get_context_data(**more), **known}

    def get_success_url(self) -> str:
        return reverse("my:till:place_order", args=[self.edition.offer.code])

    def form_valid(self, form: Any) -> HttpResponse:
        if not self.order_form.is_valid():
            return self.form_invalid(form)
        name = form.cleaned_data["customer_name"] or form.cleaned_data["name"]
        typed_order.keep(self.request, self.edition.offer.code, {"name": name, **self.order_form.cleaned_data})
        response: HttpResponse = super().form_valid(form)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        return response
