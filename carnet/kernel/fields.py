"""Model fields that more than one app needs."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

LANGUAGES = ("fr", "en", "es")


class Texts(dict[str, str]):
    """One text in the three languages: `{"fr": …, "en": …, "es": …}`."""

    def in_language(self, language: str) -> str:
        """The text in this language; in French, the language always kept, if that one is empty."""
        return self.get(language) or self.get("fr", "")


class TextsField(models.JSONField):
    """A short text in three languages; all three must be there and not blank, unless the field is `blank`."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        plain = super().from_db_value(value, expression, connection)
        return Texts(plain) if isinstance(plain, dict) else plain

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = json.loads(value)
        return Texts(value) if isinstance(value, dict) else value

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        if not isinstance(value, dict) or set(value) - set(LANGUAGES):
            raise ValidationError("A text in three languages: fr, en, es.", code="languages")
        if not self.blank and any(not str(value.get(language, "")).strip() for language in LANGUAGES):
            raise ValidationError("The text is missing in one of the three languages.", code="missing")
