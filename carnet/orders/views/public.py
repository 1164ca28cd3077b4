from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from carnet.kernel import clock
from carnet.orders import queries
from carnet.web import access


@require_safe
@access.public
def start_order(request: Any, offer_code: str) -> HttpResponse:
    """What would be ordered; who has no account yet opens one on the way, and comes back to the order."""
    edition = queries.packs_on_sale(clock.now()).filter(offer__code=offer_code).first()
    if edition is None:
        raise Http404
    if request.user.is_authenticated and request.membership is not None and request.membership.may_see_units:
        return redirect("my:orders:place_order", offer_code)
    return render(request, "orders/public/start_order.html", {"edition": edition})
