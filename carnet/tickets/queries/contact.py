"""What came through the contact form, as the desk lists and shows it."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from carnet.people import queries as people
from carnet.people.models import Membership, Person
from carnet.tickets.models import ContactMessage, ContactReply


def contact_messages(*, words: str = "", suspect: bool = False) -> QuerySet[ContactMessage]:
    """The newest first, each with `is_answered`; `words` are a part of the name, e-mail address, subject or text.

    What was held back as probable spam (`suspect`) is listed apart, but found together with the others.
    """
    answered = Exists(ContactReply.objects.filter(message=OuterRef("pk")))
    found = ContactMessage.objects.annotate(is_answered=answered).order_by("-at", "-id")
    words = words.strip()
    if not words:
        return found.filter(suspect=suspect)
    return found.filter(
        Q(name__contains_folded=words)
        | Q(email__contains_folded=words)
        | Q(subject__contains_folded=words)
        | Q(text__contains_folded=words)
    )


def replies_to(message: ContactMessage) -> QuerySet[ContactReply]:
    """Our answers, the first one first, with who wrote them."""
    return message.replies.select_related("author").order_by("at", "pk")


def sender_of(message: ContactMessage) -> Person | None:
    """The person who has proved that this address is theirs; None if we know nobody by it."""
    return people.person_with_address(message.email)


def memberships_to_ask_for(message: ContactMessage) -> list[Membership]:
    """The customers for which the sender may open tickets, by name (P4); none if we know nobody by the address."""
    person = sender_of(message)
    return [one for one in people.active_memberships(person) if one.may_open_tickets] if person else []
