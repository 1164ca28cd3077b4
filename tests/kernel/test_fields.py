import datetime

import pytest
from django.core.exceptions import ValidationError

from carnet.kernel.fields import Texts, TextsField
from carnet.provider.models import TextVersion

THREE = {"fr": "Conditions", "en": "Terms", "es": "Condiciones"}


def test_a_text_is_read_in_a_language():
    texts = Texts(THREE)
    assert [texts.in_language(language) for language in ("fr", "en", "es")] == ["Conditions", "Terms", "Condiciones"]


def test_where_a_language_is_missing_it_is_french():
    assert Texts(fr="Conditions", en="").in_language("en") == "Conditions"
    assert Texts(fr="Conditions").in_language("de") == "Conditions"
    assert Texts().in_language("es") == ""


def test_a_field_makes_texts_of_what_it_is_given():
    field = TextsField()
    assert field.to_python('{"fr": "a"}') == Texts(fr="a")
    assert field.to_python(Texts(fr="a")).in_language("fr") == "a"
    assert field.to_python(None) is None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"fr": "a", "en": "b"}, "missing"),
        ({"fr": "a", "en": "b", "es": " "}, "missing"),
        ({**THREE, "de": "Bedingungen"}, "languages"),
        (["fr"], "languages"),
        ("text", "languages"),
    ],
)
def test_a_text_in_two_languages_is_none(value, code):
    with pytest.raises(ValidationError) as refusal:
        TextsField().validate(value, None)
    assert refusal.value.code == code


@pytest.mark.parametrize(("field", "value"), [(TextsField(), THREE), (TextsField(blank=True), {"fr": "a"})])
def test_three_languages_are_enough_and_a_blank_field_wants_none(field, value):
    assert field.clean(value, None) == value


@pytest.mark.django_db
def test_the_database_gives_texts_back():
    at = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)
    TextVersion.objects.create(kind="terms", version=1, texts=THREE, published_at=at)
    found = TextVersion.objects.get().texts
    assert isinstance(found, Texts)
    assert found.in_language("es") == "Condiciones"
