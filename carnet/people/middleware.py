"""For which customer the signed-in person acts: `request.membership`, asked anew at every request."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from carnet.people import queries
from carnet.people.models import Membership

# The session's choice among several customers (P4).
SESSION_KEY = "membership"
# Pages of the desk: there the team acts for the provider.
AT_THE_DESK = {"team", "owner"}


class CurrentMembership:
    """Sets `request.memberships` (the active ones) and `request.membership` (the one the person acts for, or None).

    One query for a page that may show them, none for visitors and at the desk. Nothing is remembered from one request
    to the next but the choice, so that a removed person loses access at once (P3).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.memberships = []
        request.membership = None
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        if request.user.is_authenticated and getattr(view, "access", "") not in AT_THE_DESK:
            request.memberships = queries.active_memberships(request.user)
            request.membership = chosen(request.memberships, request.session.get(SESSION_KEY))


def chosen(memberships: list[Membership], wanted: int | None) -> Membership | None:
    """The membership chosen in this session if it is still active, else the first one."""
    return next((one for one in memberships if one.pk == wanted), memberships[0] if memberships else None)


def choose(request: Any, membership: Membership) -> None:
    """From now on the person acts for this membership's customer in this session (P4)."""
    request.session[SESSION_KEY] = membership.pk
    request.membership = membership
