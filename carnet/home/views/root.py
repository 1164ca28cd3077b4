"""What stands at the root of the site: the way to the reader's language, and what search engines ask for."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from carnet.knowledge import queries as knowledge
from carnet.web import access

PAGES = (
    "home:front",
    "catalogue:offers",
    "knowledge:faq",
    "tickets:ask_first_question",
    "tickets:write_contact_message",
    "home:legal_notice",
    "home:terms",
    "home:privacy",
    "home:withdraw",
    "home:end_contract",
    "home:accessibility",
)


@require_safe
@access.public
def start(request: HttpRequest) -> HttpResponse:
    """The front page in the reader's language: the person's, the cookie's, the browser's, else French."""
    return HttpResponseRedirect(f"/{translation.get_language()}/")


@require_safe
@access.public
def favicon(request: HttpRequest) -> HttpResponse:
    """For those who ask without having read the page, which names it."""
    return HttpResponseRedirect(static("img/favicon.svg"))


@require_safe
@access.public
def robots(request: HttpRequest) -> HttpResponse:
    closed = ("/my/", "/desk/", "/files/", "/demo/", "/look/", "/*/account/", "/*/invitation/")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        "",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@access.public
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page in each language, with its twins in the others."""
    pages: list[dict[str, str]] = []
    for name in PAGES:
        pages.append(_in_each_language(name))
    for slug in knowledge.slugs():
        pages.append(_in_each_language("knowledge:faq_entry", slug))
    return render(request, "home/public/sitemap.xml", {"pages": pages}, content_type="application/xml")


def _in_each_language(name: str, *args: str) -> dict[str, str]:
    twins = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            twins[code] = settings.SITE_URL + reverse(name, args=args)
    return twins
