from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carnet.kernel import clock, reading, text
from carnet.knowledge.shown import faq as faq_shown
from carnet.web import access

LONGEST_SEARCH = 200


@require_safe
@access.public
def faq(request: HttpRequest) -> HttpResponse:
    """All questions by section, or those that fit the words searched for, best first."""
    words = text.one_line(request.GET.get("q", ""))[:LONGEST_SEARCH]
    language, at = reading.language(), clock.now()
    context = {
        "words": words,
        "found": faq_shown.found(words, language, at) if words else [],
        "sections": [] if words else faq_shown.sections(language, at),
    }
    return render(request, "knowledge/public/faq.html", context)


@require_safe
@access.public
def faq_entry(request: HttpRequest, slug: str) -> HttpResponse:
    at = clock.now()
    entry = faq_shown.entry(slug, reading.language(), at)
    if entry is None:
        raise Http404
    beside = [other for other in faq_shown.sections(entry.language, at) if other.section == entry.section]
    return render(request, "knowledge/public/faq_entry.html", {"entry": entry, "beside": beside})
