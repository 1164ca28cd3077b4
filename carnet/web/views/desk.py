"""The component library, for whoever works on the pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carnet.kernel import clock
from carnet.web import access, style_guide_samples

SECTIONS = [
    ("foundations", "Paper and ink"),
    ("carnet", "The carnet"),
    ("time", "Time"),
    ("tickets", "Tickets"),
    ("forms", "Forms"),
    ("data", "Lists and figures"),
    ("words", "Words to people"),
]


@require_safe
@access.team
def style_guide(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    context = {
        "sections": [(name, title, f"web/desk/style_guide/{name}.html") for name, title in SECTIONS],
        "samples": [style_guide_samples.sample(theme, now) for theme in ("light", "dark")],
    }
    return render(request, "web/desk/style_guide.html", context)
