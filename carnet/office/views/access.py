"""The owner's page of PayPal: connect it, try it, have it send its notices, remove it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from carnet.kernel import clock
from carnet.kernel.refused import Refused
from carnet.office import forms, queries
from carnet.office.shown import access as words
from carnet.payments import queries as payments
from carnet.payments.actions import access as actions
from carnet.web import access, refusals

FAILED_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("secret")
@access.owner
def set_online_access(request: Any) -> HttpResponse:
    kept = payments.access_kept()
    form = forms.OnlineAccessForm(
        request.POST if request.method == "POST" else None,
        environments=payments.access_environments(),
        initial={"client_id": kept.client_id, "environment": kept.environment},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_online_access(**form.cleaned_data, by=request.user.as_actor(), at=clock.now())
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Saved. Now test the connection."))
            return redirect("desk:office:set_online_access")
    history = queries.access_history()
    names = queries.names_of(entry.actor_id for entry in history)
    context = {
        "form": form,
        "kept": kept,
        "state": words.state_of(kept),
        "is_live": "live" in payments.access_environments(),
        "environment": words.ENVIRONMENTS.get(kept.environment, ""),
        "step": words.next_step(kept),
        "address": _notices_address(),
        "failed": payments.calls_failed(FAILED_SHOWN),
        "history": [(entry, words.done(entry), names.get(entry.actor_id, entry.actor_label)) for entry in history],
    }
    return render(request, "office/desk/online_access.html", context, status=422 if form.errors else 200)


@require_POST
@access.owner
def test_online_access(request: Any) -> HttpResponse:
    return _done(request, actions.test_online_access, _("The connection works."))


@require_POST
@access.owner
def set_up_notices(request: Any) -> HttpResponse:
    told = _("PayPal now sends its notifications to this site.")
    return _done(request, actions.set_up_notices, told, address=_notices_address())


@require_POST
@access.owner
def remove_online_access(request: Any) -> HttpResponse:
    return _done(request, actions.remove_online_access, _("Disconnected. Customers can no longer pay with PayPal."))


def _done(request: Any, action: Callable[..., Any], told: str, **more: str) -> HttpResponse:
    try:
        action(by=request.user.as_actor(), at=clock.now(), **more)
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, told)
    return redirect("desk:office:set_online_access")


def _notices_address() -> str:
    return str(settings.SITE_URL) + reverse("machines:receive_notice")
