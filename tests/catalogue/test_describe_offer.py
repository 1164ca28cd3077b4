import datetime

import pytest
from django.core.exceptions import ValidationError

from carnet.audit.actors import Actor
from carnet.catalogue import actions
from carnet.catalogue.models import Offer

pytestmark = pytest.mark.django_db

OWNER = Actor("team", 7, "owner 7")
AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)
TEXTS = {"fr": "un", "en": "one", "es": "uno"}


def describe(kind: str = "tokens", **texts: dict[str, str]) -> Offer:
    given = {"name": TEXTS, "summary": TEXTS, "includes": TEXTS, **texts}
    return actions.describe_offer(code="tokens-5", kind=kind, position=2, by=OWNER, at=AT, **given)


def test_the_same_code_again_rewords_it() -> None:
    describe()
    describe(name={"fr": "Cinq", "en": "Five", "es": "Cinco"})
    assert Offer.objects.get().name.in_language("en") == "Five"


def test_its_kind_never_changes() -> None:
    describe()
    with pytest.raises(ValueError, match="tokens"):
        describe(kind="hours")


def test_a_missing_language_is_a_mistake() -> None:
    with pytest.raises(ValidationError):
        describe(name={"fr": "Cinq", "en": "Five", "es": ""})
