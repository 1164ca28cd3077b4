"""What a source string says to readers of another language, so that tests need no copy of the translation."""

from django.utils import html, translation


def french(text: str, **values: object) -> str:
    with translation.override("fr"):
        return translation.gettext(text) % values if values else translation.gettext(text)


def french_on_page(text: str) -> str:
    return html.escape(french(text))
