from django.db.models import Exists, OuterRef, Q, QuerySet

from carnet.people.models import Customer, Person
from carnet.tickets.models import Ticket
from carnet.work.models import Cover


def tickets_waiting_for(person: Person, customer: Customer) -> QuerySet[Ticket]:
    """What waits for this person, the newest first, with `may_read` (P2): answers to judge, questions to answer,
    tickets that wait for consent or units, and those of removed members that were passed to them (P3).
    """
    readable = Ticket.objects.visible_to(person).filter(pk=OuterRef("pk"))
    waits = Q(state__in=[Ticket.State.ASKED_BACK, Ticket.State.ANSWERED]) | Q(
        state=Ticket.State.OPEN, cover__state=Cover.State.WAITING
    )
    return (
        Ticket.objects.listed_for(person)
        .open()
        .filter(customer=customer)
        .annotate(may_read=Exists(readable))
        .filter(Q(may_read=True) & waits | Q(passed_to=person))
        .select_related("cover")
        .order_by("-opened_at", "-id")
    )
