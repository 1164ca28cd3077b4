"""What the owner must know of the settings on every page of the desk."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from carnet.provider import queries as provider


def sale(request: HttpRequest) -> dict[str, Any]:
    """For the owner, asked of the database only if it is shown: `missing_for_sale`, what has to be given before
    anything is sold.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_owner:
        return {"missing_for_sale": None}
    return {"missing_for_sale": SimpleLazyObject(provider.missing_for_sale)}
