"""The clock of running work, for every page of the desk."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from carnet.kernel import clock
from carnet.tickets.queries import work as queries


def running_work(request: HttpRequest) -> dict[str, Any]:
    """`running_work`: the agent's clock with its paid time, empty if none runs; asked of the database only if it is
    shown.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_team:
        return {"running_work": None}
    return {"running_work": SimpleLazyObject(lambda: queries.shown_clock(user, at=clock.now()))}
