"""The queue: views with an address each, live, sorted by due time (M7)."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from carnet.kernel import clock, reading, text
from carnet.tickets.queries import queue as queries
from carnet.tickets.shown.queue import rows_of
from carnet.web import access

DEFAULT_VIEW = "for_us"


@require_safe
@access.team
def front(request: Any) -> HttpResponse:
    return redirect("desk:tickets:queue")


@require_safe
@access.team
def queue(request: Any, view: str = DEFAULT_VIEW) -> HttpResponse:
    """One view of the queue, or what was searched for; to a page that is open (`v`) 204 while nothing changed."""
    if view not in queries.VIEWS:
        raise Http404
    at = clock.now()
    version = queries.version(at)
    known = request.GET.get("v", "")
    if request.htmx and known == version:
        return HttpResponse(status=204)
    words = text.one_line(request.GET.get("q", ""))[:200]
    page = queries.QueuePage(queries.search(words), "") if words else None
    page = page or queries.page_of(view, request.user, mark=request.GET.get("after", ""))
    counts = queries.counts(request.user, at, version)
    context = {
        "view": view,
        "words": words,
        "rows": rows_of(page.rows, language=reading.language(), now=at),
        "next_mark": page.next_mark,
        "counts": counts,
        "tabs": _tabs(view if not words else "", counts),
        "version": version,
    }
    template = "tickets/desk/queue.html"
    return render(request, f"{template}#live" if request.htmx and known else template, context)


def _tabs(view: str, counts: dict[str, int]) -> list[dict[str, object]]:
    labels = {
        "for_us": _("Waiting for us"),
        "unassigned": _("Unassigned"),
        "mine": _("Mine"),
        "for_customer": _("Waiting for the customer"),
        "for_cover": _("Not covered yet"),
        "all": _("All open"),
    }
    return [
        {
            "href": reverse("desk:tickets:queue", args=[] if name == DEFAULT_VIEW else [name]),
            "label": label,
            "count": counts[name],
            "is_current": name == view,
        }
        for name, label in labels.items()
    ]
