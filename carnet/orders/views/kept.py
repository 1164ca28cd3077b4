"""What a visitor typed of an order, kept in the session until the account is there and the order is placed."""

from typing import Any

SESSION = "order_begun"


def make_room(request: Any) -> None:
    """A session for this browser before it sends the form: a second click then finds what the first one began."""
    if not request.session.session_key:
        request.session.create()


def keep(request: Any, offer_code: str, typed: dict[str, str]) -> None:
    request.session[SESSION] = {"offer": offer_code, "typed": typed}


def typed(request: Any, offer_code: str) -> dict[str, str]:
    """What was typed for this offer; nothing if there is none."""
    begun = request.session.get(SESSION, {})
    return dict(begun["typed"]) if begun.get("offer") == offer_code else {}


def forget(request: Any) -> None:
    request.session.pop(SESSION, None)
