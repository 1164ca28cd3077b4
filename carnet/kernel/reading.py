"""In which language whoever reads is answered."""

from django.conf import settings
from django.utils.translation import get_language


def language() -> str:
    """The language of the page, the mail or the document that is being made: fr, en or es; the first one for nobody."""
    return (get_language() or settings.FIRST_LANGUAGE)[:2]
