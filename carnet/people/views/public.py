"""Accepting an invitation: the one page of people that a visitor may see."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from carnet.kernel import clock, reading
from carnet.kernel.refused import Refused
from carnet.people import forms, middleware, queries
from carnet.people.actions import invitations
from carnet.people.models import Invitation, Membership, Person
from carnet.web import access, refusals


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@access.public
def accept_invitation(request: Any, secret: str) -> HttpResponse:
    """P1. Only to the person whom it is for does the page name who invites; to others it shows nothing."""
    now = clock.now()
    invitation = queries.invitation_with(secret)
    try:
        if request.user.is_authenticated:
            if request.method == "POST":
                return _welcome(request, invitations.accept_invitation(secret=secret, person=request.user, at=now))
            return _page(
                request,
                "accept_invitation",
                invitation=invitations.check_invitation(invitation, person=request.user, at=now),
            )
        invitation = invitations.check_invitation(invitation, person=None, at=now)
        if queries.person_with_address(invitation.email):
            return _page(request, "sign_in_to_accept", here=request.path)
        return _join(request, invitation, secret)
    except invitations.InvitationUsed as refused:
        assert invitation is not None
        invitation.refresh_from_db()  # it may have been accepted a moment ago
        person = request.user if request.user.is_authenticated else _who_joined(request, invitation)
        if person is None or person.pk != invitation.accepted_by_id:
            return _refuse(request, refused)
        if not request.user.is_authenticated:
            perform_login(request, person, email=person.email)
        return redirect(settings.LOGIN_REDIRECT_URL)
    except Refused as refused:
        return _refuse(request, refused)


def _join(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    form = forms.JoinForm(request.POST if request.method == "POST" else None, email=invitation.email)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "join_by_invitation", form=form, email=invitation.email)
    membership = invitations.join_by_invitation(
        secret=secret,
        name=form.cleaned_data["name"],
        language=reading.language(),
        password=form.cleaned_data["password"],
        at=clock.now(),
    )
    response: HttpResponse = perform_login(request, membership.person, email=membership.person.email)
    return _welcome(request, membership, response)


def _who_joined(request: HttpRequest, invitation: Invitation) -> Person | None:
    """Who has joined by this form just now, if it is sent a second time: the password that it carries shows it."""
    form = forms.JoinForm(request.POST if request.method == "POST" else None, email=invitation.email)
    if not form.is_valid():
        return None
    try:
        person: Person | None = get_adapter().authenticate(
            request, email=invitation.email, password=form.cleaned_data["password"]
        )
    except ValidationError:  # tried too often
        return None
    return person


def _welcome(request: HttpRequest, membership: Membership, response: HttpResponse | None = None) -> HttpResponse:
    middleware.choose(request, membership)
    messages.success(request, _("Welcome. You have joined “%(name)s”.") % {"name": membership.customer.name})
    return response or redirect(settings.LOGIN_REDIRECT_URL)


def _refuse(request: HttpRequest, refused: Refused) -> HttpResponse:
    status = (
        404
        if isinstance(refused, invitations.InvitationUnknown)
        else 403
        if isinstance(refused, invitations.InvitationForeign)
        else 410
    )
    return _page(request, "invitation_refused", status=status, sentence=refusals.sentence(refused), code=refused.code)


def _page(request: HttpRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, f"people/public/{name}.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
