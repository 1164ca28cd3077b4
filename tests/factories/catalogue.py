"""Packs on sale, in one line each."""

import datetime

from carnet.audit.actors import system
from carnet.catalogue import actions
from carnet.catalogue.models import Edition
from carnet.catalogue.rules import Contents
from tests.factories.people import BEGAN

TEST = system("test")


def put_on_sale(
    code: str = "tokens-20",
    quantity: int | None = 20,
    *,
    kind: str = "tokens",
    months: int | None = 12,
    shared: bool = True,
    price_cents: int = 24_000,
    at: datetime.datetime = BEGAN,
) -> Edition:
    """A new edition of the offer with this code, which is also its name."""
    texts = dict.fromkeys(("fr", "en", "es"), code)
    offer = actions.describe_offer(
        code=code, kind=kind, position=1, name=texts, summary=texts, includes=texts, by=TEST, at=at
    )
    return actions.publish_edition(
        offer=offer, contents=Contents(quantity, months, shared), price_cents=price_cents, vat_permille=200, by=TEST,
        at=at,
    )  # fmt: skip
