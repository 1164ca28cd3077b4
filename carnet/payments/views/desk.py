from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from carnet.kernel import clock
from carnet.kernel.refused import Refused
from carnet.payments import forms, queries, shown
from carnet.payments.actions import differences as acting
from carnet.web import access, refusals

PER_PAGE = 50


@require_safe
@access.team
def differences(request: HttpRequest) -> HttpResponse:
    """Where the account at the payment service and our books don't say the same, with both sides."""
    found = queries.differences()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    last = queries.comparisons().first()
    context = {
        "page": page,
        "rows": [shown.difference_shown(row) for row in page.object_list],
        "last": last,
        "why": shown.comparison_failed(last) if last and last.failed else "",
        "good": queries.comparisons().filter(failed="").first(),
        "open_count": found.open().count(),
    }
    return render(request, "payments/desk/differences.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.owner
def settle_difference(request: Any, difference_id: int) -> HttpResponse:
    """Somebody has dealt with a difference outside Carnet."""
    row = get_object_or_404(queries.differences(), pk=difference_id)
    form = forms.SettleDifferenceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            acting.settle_difference(
                difference=row, by=request.user.as_actor(), at=clock.now(), reason=form.cleaned_data["reason"]
            )
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Noted. You will be told again only if this difference changes."))
            return redirect("desk:payments:differences")
    status = 422 if form.errors else 200
    context = {"one": shown.difference_shown(row), "form": form}
    return render(request, "payments/desk/settle_difference.html", context, status=status)
