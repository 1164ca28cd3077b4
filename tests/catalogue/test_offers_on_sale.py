import datetime
from decimal import Decimal
from typing import Any

import pytest

from carnet.audit.actors import Actor
from carnet.catalogue import actions, queries
from carnet.catalogue.rules import Contents

pytestmark = pytest.mark.django_db

OWNER = Actor("team", 7, "owner 7")
AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)
TEXTS = {"fr": "un", "en": "one", "es": "uno"}
KINDS = [
    ("trial", "trial", 15, None),
    ("plan", "subscription", None, None),
    ("t5", "tokens", 5, 6),
    ("t1", "tokens", 1, 6),
    ("h2", "hours", 120, 12),
]


def sell_everything() -> None:
    for position, (code, kind, quantity, months) in enumerate(KINDS):
        offer = actions.describe_offer(
            code=code, kind=kind, position=9 - position, name=TEXTS, summary=TEXTS, includes=TEXTS, by=OWNER, at=AT
        )
        actions.publish_edition(
            offer=offer,
            contents=Contents(quantity, months, shared=False),
            price_cents=1500,
            vat_permille=200,
            by=OWNER,
            at=AT,
        )


def test_nothing_is_on_sale_at_first() -> None:
    assert queries.offers_on_sale(AT).is_empty is True


def test_in_order_of_position_and_in_one_query(django_assert_num_queries: Any) -> None:
    sell_everything()
    with django_assert_num_queries(1):
        on_sale = queries.offers_on_sale(AT)
        codes = [edition.offer.code for edition in on_sale.tokens]
    assert codes == ["t1", "t5"]
    assert on_sale.trial is not None
    assert on_sale.subscription is not None
    assert (on_sale.trial.quantity, on_sale.subscription.quantity, on_sale.is_empty) == (15, None, False)
    assert [(e.hours, e.each_cents, e.vat_percent) for e in on_sale.hours] == [(2, 750, Decimal(20))]
