"""What the owner must know of the last verification on every page of the desk."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from carnet.kernel import clock
from carnet.proof import queries


def verification(request: HttpRequest) -> dict[str, Any]:
    """For the owner, asked of the database only if it is shown: `verification_trouble`, «faults» or «stale»."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_owner:
        return {"verification_trouble": ""}
    return {"verification_trouble": SimpleLazyObject(lambda: queries.verification_trouble(clock.now()))}
