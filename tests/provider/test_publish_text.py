import datetime

import pytest
from django.db import DatabaseError, transaction

from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.provider import actions, queries
from carnet.provider.models import TextVersion

pytestmark = pytest.mark.django_db

OWNER = Actor("team", 7, "owner 7")
AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)


def publish(word: str, at: datetime.datetime = AT) -> TextVersion:
    texts = {"fr": f"{word} fr", "en": f"{word} en", "es": f"{word} es"}
    return actions.publish_text(kind="terms", texts=texts, by=OWNER, at=at)


def test_the_newest_version_is_in_force() -> None:
    assert queries.text_in_force("terms", "fr") is None
    publish("first")
    publish("second", AT + datetime.timedelta(days=1))
    text = queries.text_in_force("terms", "es")
    assert text is not None
    assert (text.version, text.markdown, text.published_on) == (2, "second es", datetime.date(2027, 3, 2))
    assert queries.text_in_force("privacy", "es") is None


def test_earlier_versions_stay_readable() -> None:
    publish("first")
    publish("second")
    text = queries.text_of_version("terms", 1, "fr")
    assert text is not None
    assert (text.markdown, text.before) == ("first fr", None)
    assert queries.text_of_version("terms", 3, "fr") is None


def test_a_moment_before_the_last_version_is_raised_to_it() -> None:
    publish("first")
    assert publish("second", AT - datetime.timedelta(days=1)).published_at == AT


def test_a_missing_language_is_refused() -> None:
    with pytest.raises(actions.TextMissing) as refused:
        actions.publish_text(kind="terms", texts={"fr": "a", "en": " ", "es": "c"}, by=OWNER, at=AT)
    assert refused.value.values == {"language": "en"}


def test_an_unknown_kind_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="poem"):
        actions.publish_text(kind="poem", texts={"fr": "a", "en": "b", "es": "c"}, by=OWNER, at=AT)


def test_is_audited() -> None:
    version = publish("first")
    entry = Entry.objects.get()
    assert (entry.code, entry.subject_id, entry.details) == (
        "text.published",
        version.pk,
        {"kind": "terms", "version": 1},
    )


def test_a_version_can_not_be_rewritten() -> None:
    publish("first")
    with pytest.raises(DatabaseError), transaction.atomic():
        TextVersion.objects.update(version=9)
    with pytest.raises(DatabaseError), transaction.atomic():
        TextVersion.objects.all().delete()
    assert TextVersion.objects.get().version == 1
