import datetime
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.catalogue import actions, queries
from carnet.catalogue.models import Edition, Offer
from carnet.catalogue.rules import Contents

pytestmark = pytest.mark.django_db

OWNER = Actor("team", 7, "owner 7")
AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)
LATER = AT + datetime.timedelta(days=30)
TEXTS = {"fr": "un", "en": "one", "es": "uno"}


@pytest.fixture
def offer() -> Offer:
    return actions.describe_offer(
        code="tokens-20", kind="tokens", position=3, name=TEXTS, summary=TEXTS, includes=TEXTS, by=OWNER, at=AT
    )


def publish(offer: Offer, at: datetime.datetime = AT, *, price_cents: int = 240_00, **changes: Any) -> Edition:
    contents = replace(Contents(20, 12, shared=True), **changes)
    return actions.publish_edition(
        offer=offer, contents=contents, price_cents=price_cents, vat_permille=200, by=OWNER, at=at
    )


def test_puts_it_on_sale(offer: Offer) -> None:
    edition = publish(offer)
    assert queries.edition_on_sale("tokens-20", AT) == edition
    assert queries.edition_on_sale("tokens-20", AT - datetime.timedelta(seconds=1)) is None
    assert (edition.number, edition.price_cents, edition.net_cents, edition.each_cents, edition.each_net_cents) == (
        1,
        240_00,
        200_00,
        12_00,
        10_00,
    )


def test_a_new_price_is_a_new_edition_and_the_old_one_stays_as_it_was(offer: Offer) -> None:
    first = publish(offer)
    second = publish(offer, at=LATER, price_cents=260_00)
    assert (second.number, second.price_cents) == (2, 260_00)
    assert queries.edition_on_sale("tokens-20", LATER - datetime.timedelta(seconds=1)) == first
    assert queries.edition_on_sale("tokens-20", LATER) == second
    assert Edition.objects.get(pk=first.pk).price_cents == 240_00


def test_a_moment_before_the_last_edition_is_raised_to_it(offer: Offer) -> None:
    publish(offer, at=LATER)
    assert publish(offer, at=AT).published_at == LATER


@pytest.mark.parametrize("months", [5, 0, None])
def test_l3_a_pack_of_less_than_six_months_is_refused(offer: Offer, months: int | None) -> None:
    with pytest.raises(actions.ValidityTooShort) as refused:
        publish(offer, validity_months=months)
    assert (refused.value.values, refused.value.field) == ({"months": 6}, "validity_months")
    assert Edition.objects.count() == 0


def test_l3_six_months_are_enough(offer: Offer) -> None:
    assert publish(offer, validity_months=6).validity_months == 6


def test_l9_few_tokens_can_not_be_shared(offer: Offer) -> None:
    with pytest.raises(actions.TooFewToShare) as refused:
        publish(offer, quantity=19)
    assert (refused.value.values, refused.value.field) == ({"tokens": 20}, "shared")
    assert publish(offer, quantity=19, shared=False).shared is False


def test_is_audited(offer: Offer) -> None:
    publish(offer)
    publish(offer, at=LATER)
    assert list(Entry.objects.order_by("id").values_list("code", flat=True)) == [
        "offer.described",
        "edition.published",
        "edition.withdrawn",
        "edition.published",
    ]


def test_the_database_refuses_to_change_or_delete_it(offer: Offer) -> None:
    edition = publish(offer)
    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.update(price_cents=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        edition.delete()
    assert Edition.objects.get().price_cents == 240_00
