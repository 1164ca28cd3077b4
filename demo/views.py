"""What would have been sent, and the clock."""

from typing import Any

from csp.decorators import csp
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from carnet.kernel import clock
from carnet.kernel import html as clean_html
from carnet.mail.models import OutgoingMail
from carnet.office import queries
from carnet.web import access
from demo import actions, forms

# A mail carries its style inline, as mail programs want it; nothing in it may run, load or be framed elsewhere.
MAIL_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
}


@require_safe
@access.public
def outbox(request: HttpRequest) -> HttpResponse:
    form = forms.OutboxFilterForm(request.GET)
    to = form.cleaned_data["to"] if form.is_valid() else ""
    page = Paginator(queries.mails(to=to), 25).get_page(request.GET.get("page"))
    return render(request, "demo/outbox.html", {"form": form, "page": page, "to": to})


@require_safe
@access.public
def show_mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    mail = get_object_or_404(OutgoingMail, pk=mail_id)
    return render(request, "demo/show_mail.html", {"mail": mail, "text": clean_html.from_plain(mail.text)})


@require_safe
@access.public  # type: ignore[arg-type]
@csp(MAIL_POLICY)  # type: ignore[arg-type]
def show_mail_html(request: HttpRequest, mail_id: int) -> HttpResponse:
    return HttpResponse(get_object_or_404(OutgoingMail, pk=mail_id).html)


@require_safe
@access.team
def show_clock(request: HttpRequest) -> HttpResponse:
    context = {
        "form": forms.ClockForm(),
        "steps": forms.STEPS,
        "now": clock.now(),
        "ahead_seconds": clock.ahead_seconds(),
    }
    return render(request, "demo/clock.html", context)


@require_POST
@access.team
def put_clock_forward(request: Any) -> HttpResponse:
    form = forms.ClockForm(request.POST)
    if form.is_valid():
        actions.put_clock_forward(**form.cleaned_data, by=request.user.as_actor(), at=clock.now())
        messages.success(request, _("The clock was put forward."))
    else:
        messages.error(request, _("Choose one of the steps."))
    return redirect("demo:clock")
