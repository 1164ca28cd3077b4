"""Notices of the payment service: where it sends them, and what the desk sees of them (O6)."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from carnet.kernel import clock
from carnet.kernel.refused import Refused
from carnet.payments import queries as payments
from carnet.payments.models import OnlineNotice
from carnet.payments.rules import notices as rules
from carnet.till.actions import notices as actions
from carnet.till.queries import online
from carnet.till.shown import notices as words
from carnet.till.shown.state_tabs import state_tabs
from carnet.web import access, refusals, senders

PER_PAGE = 50
# Whatever is no 2xx, the service sends again for some days.
STATUS: Mapping[type[Refused], int] = {
    actions.NoticesNotSetUp: 503,
    actions.TooMuchUnproven: 429,
    actions.NoticeForged: 400,
    actions.ServiceAway: 503,
}


@require_POST
@csrf_exempt
@access.machines
def receive_notice(request: HttpRequest) -> HttpResponse:
    if request.content_type != "application/json":
        return _answer(400)
    body = _body_of(request)
    if body is None:
        return _answer(413)
    sent = rules.Sent(body, rules.kept_headers(request.headers))
    if not sent.is_object:
        return _answer(400)
    try:
        actions.receive_notice(sent=sent, visitor=senders.sender_of(request), at=clock.now())
    except tuple(STATUS) as refused:
        return _answer(STATUS[type(refused)])
    return _answer(200)


def _answer(status: int) -> HttpResponse:
    return HttpResponse(status=status, content_type="text/plain")


def _body_of(request: HttpRequest) -> bytes | None:
    """The body, empty if it broke off; None if it is too long, of which no more is read than shows that."""
    told = request.headers.get("Content-Length", "")
    if told.isdecimal() and (len(told) > 12 or int(told) > rules.LONGEST_BYTES):
        return None
    try:
        body: bytes = request.read(rules.LONGEST_BYTES + 1)
    except UnreadablePostError:
        return b""
    return None if len(body) > rules.LONGEST_BYTES else body


@require_safe
@access.team
def notices(request: Any) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in OnlineNotice.State else ""
    page = Paginator(payments.notices(state), PER_PAGE).get_page(request.GET.get("page"))
    orders = online.orders_of_notices(page)
    context = {
        "page": page,
        "rows": [words.row(one, orders.get(one.external_id)) for one in page],
        "tabs": state_tabs(request.path, words.states(), state),
        "state": state,
    }
    return render(request, "till/desk/notices.html", context)


@require_safe
@access.team
def notice(request: Any, notice_id: int) -> HttpResponse:
    found = get_object_or_404(OnlineNotice, pk=notice_id)
    orders = online.orders_of_notices([found])
    context = {
        "notice": found,
        "row": words.row(found, orders.get(found.external_id)),
        "body": words.as_text(bytes(found.body)),
        "may_run_again": actions.may_run_again(found),
    }
    return render(request, "till/desk/notice.html", context)


@require_POST
@access.owner
def run_notice_again(request: Any, notice_id: int) -> HttpResponse:
    found = get_object_or_404(OnlineNotice, pk=notice_id)
    try:
        actions.run_notice_again(notice=found, by=request.user.as_actor(), at=clock.now())
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, _("PayPal will be asked about it again in a moment."))
    return redirect("desk:till:notice", found.pk)
