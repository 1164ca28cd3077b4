from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carnet.payments import queries, shown
from carnet.web import access

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
        "open_count": found.filter(mended_at=None).count(),
    }
    return render(request, "payments/desk/differences.html", context)
