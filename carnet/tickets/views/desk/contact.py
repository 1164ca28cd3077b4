"""What came through the contact form, and what becomes of it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carnet.kernel import clock
from carnet.kernel.refused import Refused
from carnet.tickets.actions import contact, contact_answers
from carnet.tickets.forms.desk import ContactReplyForm, CustomerForSenderForm, OpenTicketForSenderForm, SendLinkForm
from carnet.tickets.models import ContactMessage
from carnet.tickets.queries import contact as queries
from carnet.web import access, refusals

PER_PAGE = 30


@require_safe
@access.team
def contact_messages(request: Any) -> HttpResponse:
    """The newest first; what was held back as probable spam is listed apart; what is searched for, in both."""
    suspect = request.GET.get("list") == "suspect"
    words = request.GET.get("q", "").strip()[:200]
    found = queries.contact_messages(words=words, suspect=suspect)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "words": words,
        "suspect": suspect,
        "unread": ContactMessage.objects.filter(suspect=False, read_at=None).count(),
        "held_back": ContactMessage.objects.filter(suspect=True, read_at=None).count(),
    }
    return render(request, "tickets/desk/contact_messages.html", context)


@require_safe
@access.team
def contact_message(request: Any, message_id: int) -> HttpResponse:
    return _page(request, _found(message_id))


@require_POST
@access.team
def mark_contact_message_read(request: Any, message_id: int) -> HttpResponse:
    message = get_object_or_404(ContactMessage, pk=message_id)
    contact.mark_contact_message_read(message=message, by=request.user.as_actor(), at=clock.now())
    return redirect("desk:tickets:contact_messages")


@require_POST
@access.team
def clear_contact_message(request: Any, message_id: int) -> HttpResponse:
    message = get_object_or_404(ContactMessage, pk=message_id)
    contact.clear_contact_message(message=message, by=request.user.as_actor(), at=clock.now())
    messages.success(request, _("The message is now with the others, and its sender has been told that we have it."))
    return redirect("desk:tickets:contact_message", message.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access.team
def answer_contact_message(request: Any, message_id: int) -> HttpResponse:
    return _carried_out(
        request, message_id, ContactReplyForm, contact_answers.answer_contact_message, _("Your answer is sent.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.team
def open_ticket_for_sender(request: Any, message_id: int) -> HttpResponse:
    return _carried_out(
        request,
        message_id,
        OpenTicketForSenderForm,
        contact_answers.open_ticket_for_sender,
        _("The message is a ticket now. Its sender was told, and chooses how it is covered."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.team
def send_link_to_sender(request: Any, message_id: int) -> HttpResponse:
    done = _("The link is sent. Once its sender follows it, the message is a ticket and they have an account.")
    return _carried_out(request, message_id, SendLinkForm, contact_answers.send_link_to_sender, done)


@require_http_methods(["GET", "HEAD", "POST"])
@access.team
def create_customer_for_sender(request: Any, message_id: int) -> HttpResponse:
    done = _("The account has been created. We have told its account holder how to sign in.")
    return _carried_out(request, message_id, CustomerForSenderForm, contact_answers.create_customer_for_sender, done)


def _found(message_id: int) -> ContactMessage:
    beside = ("ticket", "first_question__ticket", "customer")
    return get_object_or_404(ContactMessage.objects.select_related(*beside), pk=message_id)


def _carried_out(
    request: Any, message_id: int, form_class: type[forms.Form], action: Callable[..., object], done: str
) -> HttpResponse:
    """Carry out what the form asks for and say so; with its errors the page comes back. GET leads to the page."""
    message = _found(message_id)
    if request.method != "POST":
        return redirect("desk:tickets:contact_message", message.pk)
    form = _form(form_class, message, request.POST)
    if form.is_valid():
        try:
            action(message=message, **form.cleaned_data, by=request.user.as_actor(), at=clock.now())
        except Refused as refused:
            refusals.tell(form, refused)
        else:
            messages.success(request, done)
            return redirect("desk:tickets:contact_message", message.pk)
    return _page(request, message, form)


def _form(form_class: type[forms.Form], message: ContactMessage, data: Any = None) -> forms.Form:
    if form_class is OpenTicketForSenderForm:
        return OpenTicketForSenderForm(
            data, customers=[one.customer for one in queries.memberships_to_ask_for(message)], prefix="ticket"
        )
    prefix = {ContactReplyForm: None, SendLinkForm: "link", CustomerForSenderForm: "customer"}[form_class]
    return form_class(data, prefix=prefix)


def _page(request: Any, message: ContactMessage, filled: forms.Form | None = None) -> HttpResponse:
    """The message with our answers and the forms that fit its sender; `filled` takes the place of its own kind."""
    sender = queries.sender_of(message)
    may_ask = queries.memberships_to_ask_for(message)
    kinds: dict[str, type[forms.Form]] = {"reply_form": ContactReplyForm}
    if may_ask:
        kinds["ticket_form"] = OpenTicketForSenderForm
    if not sender:
        kinds |= {"link_form": SendLinkForm, "customer_form": CustomerForSenderForm}
    shown = {name: _form(kind, message) for name, kind in kinds.items()}
    if filled is not None:
        # What the page does not show (any more) says above why it was refused.
        name = next((name for name, kind in kinds.items() if kind is type(filled)), "other_form")
        shown["other_form" if message.suspect else name] = filled
    context = {
        "message": message,
        "replies": queries.replies_to(message),
        "sender": sender,
        "customers": [one.customer for one in may_ask],
        "ticket": message.ticket or (message.first_question and message.first_question.ticket),
        **shown,
    }
    return render(request, "tickets/desk/contact_message.html", context, status=422 if filled else 200)
