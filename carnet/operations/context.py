"""What the owner must know on every page of the desk."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from carnet.kernel import clock
from carnet.operations import queries
from carnet.provider import queries as provider


def verification(request: HttpRequest) -> dict[str, Any]:
    """For the owner, asked of the database only if it is shown. `verification_trouble`: «faults» or «stale»;
    `missing_for_sale`: what has to be given before anything is sold.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_owner:
        return {"verification_trouble": "", "missing_for_sale": None}
    return {
        "verification_trouble": SimpleLazyObject(lambda: queries.verification_trouble(clock.now())),
        "missing_for_sale": SimpleLazyObject(provider.missing_for_sale),
    }
