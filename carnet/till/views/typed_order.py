"""What a visitor typed of an order, kept in the session until the account is there and the order is placed."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import CreateError
from django.middleware.csrf import get_token
from django.utils.crypto import salted_hmac

SESSION = "order_begun"


def make_room(request: Any) -> None:
    """A session for this browser once it sends the form: a second click, which knows of none yet either, finds what the
    first one began.

    Both bring the browser's secret against forged forms, and the session's key follows from it. Looking at the page
    writes nothing. Signing in replaces the key.
    """
    if request.session.session_key:
        return
    get_token(request)
    key = salted_hmac("carnet.orders.begun", request.META["CSRF_COOKIE"], algorithm="sha256").hexdigest()[:32]
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    if not request.session.exists(key):
        request.session._session_key = key
        try:
            request.session.save(must_create=True)
        except CreateError:  # by the other click, at this moment
            request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)


def keep(request: Any, offer_code: str, typed: dict[str, str]) -> None:
    request.session[SESSION] = {"offer": offer_code, "typed": typed}


def typed(request: Any, offer_code: str) -> dict[str, str]:
    """What was typed for this offer; nothing if there is none."""
    begun = request.session.get(SESSION, {})
    return dict(begun["typed"]) if begun.get("offer") == offer_code else {}


def forget(request: Any) -> None:
    request.session.pop(SESSION, None)
