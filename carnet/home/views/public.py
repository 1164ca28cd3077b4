"""The front page, the legal pages, and where a person goes after signing in."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from carnet.catalogue import queries as catalogue
from carnet.kernel import clock, reading
from carnet.provider import queries as provider
from carnet.provider.models import TextVersion
from carnet.schedule import queries as schedule
from carnet.web import access, pictures
from carnet.web.pictures import Front, Use

PAGES: dict[str, str] = {
    TextVersion.Kind.LEGAL_NOTICE_EXTRA: "home/public/legal_notice.html",
    TextVersion.Kind.TERMS: "home/public/terms.html",
    TextVersion.Kind.PRIVACY: "home/public/privacy.html",
    TextVersion.Kind.WITHDRAWAL: "home/public/withdraw.html",
    TextVersion.Kind.ENDING: "home/public/end_contract.html",
    TextVersion.Kind.ACCESSIBILITY: "home/public/accessibility.html",
}


@require_safe
@access.public
def front(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    context = {
        "status": schedule.status(now),
        "week": schedule.week_in_short(now),
        "closed_days": schedule.closed_days_ahead(now),
        "on_sale": catalogue.offers_on_sale(now),
        "example": pictures.carnet(Front(12), quantity=20, spent=[Use()] * 6, held=[Use()]),
    }
    return render(request, "home/public/front.html", context)


@require_safe
@access.signed_in
def after_sign_in(request: Any) -> HttpResponse:
    """To the desk, to the customer's overview, or to where a customer is set up."""
    if request.user.is_team:
        return redirect("desk:tickets:queue")
    return redirect("my:home:overview" if request.membership else "my:people:create_customer")


@require_safe
@access.public
def legal_notice(request: HttpRequest) -> HttpResponse:
    return _text(request, TextVersion.Kind.LEGAL_NOTICE_EXTRA)


@require_safe
@access.public
def terms(request: HttpRequest) -> HttpResponse:
    return _text(request, TextVersion.Kind.TERMS)


@require_safe
@access.public
def privacy(request: HttpRequest) -> HttpResponse:
    return _text(request, TextVersion.Kind.PRIVACY)


@require_safe
@access.public
def withdraw(request: HttpRequest) -> HttpResponse:
    return _text(request, TextVersion.Kind.WITHDRAWAL)


@require_safe
@access.public
def end_contract(request: HttpRequest) -> HttpResponse:
    return _text(request, TextVersion.Kind.ENDING)


@require_safe
@access.public
def accessibility(request: HttpRequest) -> HttpResponse:
    return _text(request, TextVersion.Kind.ACCESSIBILITY)


@require_safe
@access.public
def text_version(request: HttpRequest, kind: str, version: int) -> HttpResponse:
    """An earlier version of a text, for those who agreed to it then."""
    text = provider.text_of_version(kind, version, reading.language())
    if text is None or kind not in PAGES:
        raise Http404
    return render(request, PAGES[kind], {"text": text, "is_earlier": True})


def _text(request: HttpRequest, kind: str) -> HttpResponse:
    """A page around the newest version of a text; without one the page says how to ask for it."""
    text = provider.text_in_force(kind, reading.language())
    return render(request, PAGES[kind], {"text": text})
