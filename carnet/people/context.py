"""What layouts show of the person's customers, and the demo's people on the sign-in page."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest

LAYOUTS = {"team": "layouts/desk.html", "customer": "layouts/customer.html", "": "layouts/public.html"}


def membership(request: HttpRequest) -> dict[str, Any]:
    """`membership`: the one the person acts for, or None; `memberships`: all active ones, for the switch (P4).

    `person_layout`: the layout for pages that everybody has, e.g. the profile. `demo_people` is read when it is shown.
    """
    current = getattr(request, "membership", None)
    is_team = getattr(getattr(request, "user", None), "is_team", False)
    return {
        "membership": current,
        "memberships": getattr(request, "memberships", []),
        "person_layout": LAYOUTS["team" if is_team else "customer" if current else ""],
        "demo_people": demo_people,
    }


def demo_people() -> list[dict[str, str]]:
    """Name, address, password and role of people to sign in as, left by the demo's seeding; never on a live site."""
    if not settings.IS_DEMO:
        return []
    try:
        return list(json.loads((settings.VAR_DIR / "sign-in.json").read_text("utf-8")))
    except FileNotFoundError:
        return []
