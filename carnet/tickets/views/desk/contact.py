"""What came through the contact form."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from carnet.kernel import clock
from carnet.tickets.actions import contact
from carnet.tickets.models import ContactMessage
from carnet.web.access import team


@team
@require_safe
def contact_messages(request: Any) -> HttpResponse:
    """The newest first; what was held back as probable spam is listed apart."""
    suspect = request.GET.get("list") == "suspect"
    found = ContactMessage.objects.filter(suspect=suspect).order_by("-at", "-id")
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "suspect": suspect,
        "unread": ContactMessage.objects.filter(suspect=False, read_at=None).count(),
        "held_back": ContactMessage.objects.filter(suspect=True, read_at=None).count(),
    }
    return render(request, "tickets/desk/contact_messages.html", context)


@team
@require_safe
def contact_message(request: Any, message_id: int) -> HttpResponse:
    message = get_object_or_404(ContactMessage, pk=message_id)
    return render(request, "tickets/desk/contact_message.html", {"message": message})


@team
@require_POST
def mark_contact_message_read(request: Any, message_id: int) -> HttpResponse:
    message = get_object_or_404(ContactMessage, pk=message_id)
    contact.mark_contact_message_read(message=message, by=request.user.as_actor(), at=clock.now())
    return redirect("desk:tickets:contact_messages")


@team
@require_POST
def clear_contact_message(request: Any, message_id: int) -> HttpResponse:
    message = get_object_or_404(ContactMessage, pk=message_id)
    contact.clear_contact_message(message=message, by=request.user.as_actor(), at=clock.now())
    messages.success(request, _("The message is now with the others, and its sender has been told that we have it."))
    return redirect("desk:tickets:contact_message", message.pk)
