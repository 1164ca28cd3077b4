"""Who may see a page: decorators that ask predicates of `request.user` and `request.membership` and import no people.

Every view carries exactly one of them; a test walks all URLs and compares.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """Anyone, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def machines(view: View) -> View:
    """Programs of others, which prove by what they send who they are. A wrong method gets a bare answer, no page."""
    view.for_machines = True  # type: ignore[attr-defined]
    return public(view)


def signed_in(view: View) -> View:
    """Any signed-in person."""
    return _guard(view, "signed_in", lambda request: True)


def customer(view: View) -> View:
    """A person who belongs to a customer; `request.membership` is the one they act for."""
    return _guard(view, "customer", lambda request: request.membership is not None)


def asker(view: View) -> View:
    """A person who may open tickets for the customer: holder or member, no buyer."""
    return _guard(view, "asker", lambda request: request.membership is not None and request.membership.may_open_tickets)


def buyer(view: View) -> View:
    """Who orders for the customer and sees its units and invoices: holder or buyer."""
    return _guard(view, "buyer", lambda request: request.membership is not None and request.membership.may_see_units)


def holder(view: View) -> View:
    """A holder of the customer."""
    return _guard(view, "holder", lambda request: request.membership is not None and request.membership.is_holder)


def team(view: View) -> View:
    """The provider's people: owner and agents."""
    return _guard(view, "team", lambda request: request.user.is_team)


def owner(view: View) -> View:
    """The owner alone."""
    return _guard(view, "owner", lambda request: request.user.is_owner)


def _guard(view: View, name: str, may: Callable[[Any], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):
                return _session_lost(request)
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if not may(request):
            raise Http404  # a stranger does not learn what exists
        return view(request, *args, **kwargs)

    guarded.access = name  # type: ignore[attr-defined]
    return guarded


def _session_lost(request: HttpRequest) -> HttpResponse:
    """A fragment's answer to somebody whose session ended: a sentence in its place, and the way back to this page."""
    try:
        page = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
    except ValueError:  # no address that a browser would be at
        page = "/"
    sign_in = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({REDIRECT_FIELD_NAME: page})}"
    return render(request, "errors/session_lost.html", {"sign_in": sign_in}, status=401)
