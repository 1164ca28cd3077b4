import datetime

import pytest

from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.catalogue import actions, queries
from carnet.catalogue.models import Edition
from carnet.catalogue.rules import Contents

pytestmark = pytest.mark.django_db

OWNER = Actor("team", 7, "owner 7")
AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)
LATER = AT + datetime.timedelta(days=30)
TEXTS = {"fr": "un", "en": "one", "es": "uno"}


@pytest.fixture
def edition() -> Edition:
    offer = actions.describe_offer(
        code="hours-2", kind="hours", position=6, name=TEXTS, summary=TEXTS, includes=TEXTS, by=OWNER, at=AT
    )
    return actions.publish_edition(
        offer=offer,
        contents=Contents(120, 12, shared=False),
        price_cents=110_00,
        vat_permille=200,
        by=OWNER,
        at=AT,
    )


def test_is_no_longer_sold_and_can_be_sold_anew(edition: Edition) -> None:
    actions.withdraw_edition(edition=edition, by=OWNER, at=LATER)
    assert queries.edition_on_sale("hours-2", LATER - datetime.timedelta(seconds=1)) == edition
    assert queries.edition_on_sale("hours-2", LATER) is None
    again = actions.publish_edition(
        offer=edition.offer,
        contents=Contents(120, 12, shared=False),
        price_cents=120_00,
        vat_permille=200,
        by=OWNER,
        at=LATER,
    )
    assert queries.edition_on_sale("hours-2", LATER) == again


def test_twice_is_refused(edition: Edition) -> None:
    actions.withdraw_edition(edition=edition, by=OWNER, at=LATER)
    with pytest.raises(actions.EditionNotOnSale):
        actions.withdraw_edition(edition=edition, by=OWNER, at=LATER)


def test_is_audited(edition: Edition) -> None:
    actions.withdraw_edition(edition=edition, by=OWNER, at=LATER)
    entry = Entry.objects.latest("id")
    assert (entry.code, entry.subject_kind, entry.subject_id, entry.at) == (
        "edition.withdrawn",
        "edition",
        edition.pk,
        LATER,
    )
