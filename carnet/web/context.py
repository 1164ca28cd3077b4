"""What every page's template may use: company, theme, languages, the demo's strip."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils import translation

from carnet.kernel import clock, reading
from carnet.provider import queries as provider

NAMES = {"fr": "Français", "en": "English", "es": "Español"}
THEMES = ("light", "dark")
THEME_COOKIE = f"{settings.COOKIE_PREFIX}theme"


@dataclass(frozen=True, slots=True)
class PageLanguage:
    """A language that a page can be read in; `href` is the same page in it, empty if its address has no language."""

    code: str
    name: str
    href: str
    is_current: bool


def site(request: HttpRequest) -> dict[str, Any]:
    """`company`, `site_url`, `theme` ("", light or dark), `page_languages`, and `demo` (None on a live site)."""
    return {
        "company": provider.company(),
        "site_url": settings.SITE_URL,
        "theme": chosen_theme(request),
        "page_languages": page_languages(request),
        "demo": {"now": clock.now() if clock.ahead_seconds() else None} if settings.IS_DEMO else None,
    }


def chosen_theme(request: HttpRequest) -> str:
    """Light or dark if the person chose it in the profile or in this browser; empty: as the system says."""
    theme = getattr(getattr(request, "user", None), "theme", "") or request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""


def page_languages(request: HttpRequest) -> tuple[PageLanguage, ...]:
    """The site's languages; for an address under /fr/, /en/ or /es/ each with the address of the same page."""
    current = reading.language()
    prefixed = translation.get_language_from_path(request.path_info) is not None
    return tuple(
        PageLanguage(code, NAMES[code], _same_page(request, code) if prefixed else "", code == current)
        for code, _name in settings.LANGUAGES
    )


def _same_page(request: HttpRequest, code: str) -> str:
    here = request.get_full_path()
    there = translate_url(here, code)
    if there == here and code != translation.get_language():
        return f"/{code}/"  # a page that was not found has no twin
    return there
