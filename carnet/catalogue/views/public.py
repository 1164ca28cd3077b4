from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carnet.catalogue import forms, queries
from carnet.kernel import clock
from carnet.provider import queries as provider
from carnet.web import access


@require_safe
@access.public
def offers(request: HttpRequest) -> HttpResponse:
    """What is on sale; `?prices=net` shows prices without VAT, for companies; `?questions=…` asks for advice."""
    on_sale = queries.offers_on_sale(clock.now())
    form = forms.AdviceForm(request.GET if "questions" in request.GET else None)
    context = {
        "on_sale": on_sale,
        "is_open_for_sale": not provider.missing_for_sale(),
        "is_net": request.GET.get("prices") == "net",
        "form": form,
        "advice": queries.advice(on_sale, form.need()) if form.is_bound and form.is_valid() else [],
    }
    return render(request, "catalogue/public/offers.html", context)
