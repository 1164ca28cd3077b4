"""Who belongs to the customer, and the person's own page."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carnet.kernel import clock
from carnet.kernel.refused import Refused
from carnet.people import forms, middleware, queries
from carnet.people.actions import customers, invitations
from carnet.people.models import Invitation, Membership
from carnet.web import access, refusals

SHOW_AND_SAVE = ["GET", "HEAD", "POST"]


@require_safe
@access.customer
def people(request: Any) -> HttpResponse:
    form = forms.InviteForm(initial={"language": request.membership.customer.language})
    return _people(request, form if request.membership.is_holder else None)


@require_POST
@access.holder
def invite(request: Any) -> HttpResponse:
    form = forms.InviteForm(request.POST)
    if form.is_valid():
        try:
            invitation = invitations.invite(
                customer=request.membership.customer, by=request.user.as_actor(), at=clock.now(), **form.cleaned_data
            )
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": invitation.email})
            return redirect("my:people:people")
    return _people(request, form)


@require_POST
@access.holder
def withdraw_invitation(request: Any, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=invitation_id, customer=request.membership.customer)
    try:
        invitations.withdraw_invitation(invitation, by=request.user.as_actor(), at=clock.now())
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, _("The invitation has been cancelled. Its link no longer works."))
    return redirect("my:people:people")


@require_http_methods(SHOW_AND_SAVE)
@access.holder
def remove_member(request: Any, membership_id: int) -> HttpResponse:
    """Asks once (P3)."""
    membership = _membership_or_404(request, membership_id)
    if request.method != "POST":
        if membership.ended_at is not None:
            return redirect("my:people:people")
        return render(request, "people/customer/remove_member.html", {"one": membership})
    try:
        customers.remove_member(membership, by=request.user.as_actor(), at=clock.now())
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
        return redirect("my:people:people")
    messages.success(request, _("%(name)s no longer belongs to this account.") % {"name": membership.person})
    gone = membership.person_id == request.user.pk
    return redirect(settings.LOGIN_REDIRECT_URL if gone else "my:people:people")


@require_http_methods(SHOW_AND_SAVE)
@access.holder
def change_role(request: Any, membership_id: int) -> HttpResponse:
    membership = _membership_or_404(request, membership_id)
    form = forms.RoleForm(request.POST if request.method == "POST" else None, initial={"role": membership.role})
    if request.method == "POST" and form.is_valid():
        try:
            customers.change_role(
                membership, role=form.cleaned_data["role"], by=request.user.as_actor(), at=clock.now()
            )
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, _("Saved for %(name)s.") % {"name": membership.person})
            return redirect("my:people:people")
    return render(request, "people/customer/change_role.html", {"one": membership, "form": form})


@require_http_methods(SHOW_AND_SAVE)
@access.signed_in
def profile(request: Any) -> HttpResponse:
    form = forms.ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        person = form.save()
        with override(person.language):  # the answer is in the language just chosen
            messages.success(request, _("Saved."))
        return redirect("my:people:profile")
    if form.errors:
        request.user.refresh_from_db()  # the head of the page shows what is stored, not what was typed
    return render(request, "people/customer/profile.html", {"form": form})


@require_POST
@access.customer
def let_holder_read(request: Any) -> HttpResponse:
    """P2: the person's own word."""
    allowed = request.POST.get("allowed") == "yes"
    customers.let_holder_read(request.membership, allowed=allowed, by=request.user.as_actor(), at=clock.now())
    messages.success(request, _("Saved."))
    return redirect("my:people:profile")


@require_POST
@access.customer
def switch_customer(request: Any) -> HttpResponse:
    """P4: from now on in this session for another of one's customers."""
    wanted = request.POST.get("membership", "")
    chosen = next((one for one in request.memberships if str(one.pk) == wanted), None)
    if chosen is None:
        messages.error(request, _("You don’t have access to this account."))
    else:
        middleware.choose(request, chosen)
        messages.success(request, _("You are now using the account “%(name)s”.") % {"name": chosen.customer.name})
    return redirect(settings.LOGIN_REDIRECT_URL)


@require_http_methods(SHOW_AND_SAVE)
@access.signed_in
def create_customer(request: Any) -> HttpResponse:
    """For somebody who belongs to no customer (any more), or wants a further one (P4)."""
    form = forms.NewCustomerForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "people/customer/create_customer.html", {"form": form})
    try:
        customer = customers.create_customer(
            kind=form.cleaned_data["kind"],
            name=form.cleaned_data["customer_name"],
            language=request.user.language,
            person=request.user,
            by=request.user.as_actor(),
            at=clock.now(),
        )
    except Refused as refused:
        refusals.tell(form, refused)
        return render(request, "people/customer/create_customer.html", {"form": form})
    middleware.choose(request, Membership.objects.active().get(person=request.user, customer=customer))
    messages.success(request, _("The account “%(name)s” is open.") % {"name": customer.name})
    return redirect(settings.LOGIN_REDIRECT_URL)


def _people(request: Any, form: forms.InviteForm | None) -> HttpResponse:
    """Holders see everybody; others see themselves (P2)."""
    membership = request.membership
    context: dict[str, Any] = {"form": form, "memberships_shown": [membership], "invitations": []}
    if membership.is_holder:
        context["memberships_shown"] = queries.memberships_of(membership.customer)
        context["invitations"] = queries.invitations_shown(membership.customer, clock.now())
    return render(request, "people/customer/people.html", context)


def _membership_or_404(request: HttpRequest, membership_id: int) -> Membership:
    """Also one that has ended: a second submit of the same form finds it done."""
    mine = Membership.objects.filter(customer=request.membership.customer).select_related("person", "customer")  # type: ignore[attr-defined]
    return get_object_or_404(mine, pk=membership_id)
