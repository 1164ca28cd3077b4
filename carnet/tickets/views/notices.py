"""Declaring the end of a contract without an account (CC L215-1-1), and the page that confirms what was declared."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from carnet.audit.actors import VISITOR
from carnet.kernel import clock, reading
from carnet.kernel.refused import Refused
from carnet.tickets.actions import notices
from carnet.tickets.forms.public import NoticeForm
from carnet.tickets.models import ContactMessage
from carnet.tickets.rules import Sender
from carnet.web import access, refusals, senders

# In the visitor's session: what was just declared.
SENT_NOTICE = "notice"


@require_http_methods(["GET", "HEAD", "POST"])
@access.public
def declare_ending(request: Any) -> HttpResponse:
    known = request.user if request.user.is_authenticated else None
    form = NoticeForm(
        request.POST if request.method == "POST" else None,
        initial={
            "name": known.name if known else "",
            "email": known.email if known else "",
            "contract": request.GET.get("order", "")[:200],
        },
    )
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        language = reading.language()
        try:
            notice = notices.receive_notice(
                kind=ContactMessage.Kind.ENDING,
                sender=Sender(typed["name"], typed["email"], language),
                contract=typed["contract"],
                text=typed["text"],
                visitor=senders.sender_of(request),
                key=typed["key"],
                by=known.as_actor() if known else VISITOR,
                at=clock.now(),
            )
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            request.session[SENT_NOTICE] = notice.pk
            return redirect("tickets:notice_sent")
    return render(request, "tickets/public/declare_ending.html", {"form": form})


@require_safe
@access.public
def notice_sent(request: Any) -> HttpResponse:
    notice = ContactMessage.objects.filter(pk=request.session.get(SENT_NOTICE)).first()
    if notice is None:
        return redirect("home:withdraw")
    return render(request, "tickets/public/notice_sent.html", {"notice": notice})
