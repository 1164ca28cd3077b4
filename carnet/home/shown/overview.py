"""What waits for a person, in words: tickets to decide on, orders to pay."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from carnet.home.queries import waiting
from carnet.kernel import reading
from carnet.orders.models import Order
from carnet.orders.queries import amounts, lists, overdue
from carnet.orders.shown import names
from carnet.people.models import Membership, Person
from carnet.tickets.models import Ticket
from carnet.tickets.shown import states
from carnet.web import formats

MOST_TICKETS = 10
MOST_ORDERS = 5


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing that waits for somebody: its page, its name, and why it waits. `is_typed`: people wrote the name."""

    href: str
    name: str
    why: str
    is_typed: bool = False


def tasks_of(person: Person, membership: Membership) -> list[ToDo]:
    """Tickets that wait for this person (P2, P3), and orders of their customer that wait for payment or a choice (O1,
    O3), if they may see those; three queries.
    """
    found = waiting.tickets_waiting_for(person, membership.customer)[:MOST_TICKETS]
    tasks = [_ticket(ticket, person) for ticket in found]
    if membership.may_see_units:
        unpaid = list(lists.orders_of(membership.customer).open()[:MOST_ORDERS])
        missing = amounts.missing_of(unpaid)
        tasks += [_order(order, missing[order.pk]) for order in unpaid]
    return tasks


def _ticket(ticket: Ticket, person: Person) -> ToDo:
    may_read: bool = ticket.may_read  # type: ignore[attr-defined]
    name = states.name_of(ticket, may_read=may_read)
    return ToDo(reverse("my:tickets:ticket", args=[ticket.pk]), name, _why(ticket, person), is_typed=may_read)


def _why(ticket: Ticket, person: Person) -> str:
    if ticket.passed_to_id == person.pk:
        return _("passed on to you")
    if ticket.state == Ticket.State.ANSWERED:
        return _("is it solved?")
    if ticket.state == Ticket.State.ASKED_BACK:
        return _("we need your reply")
    if states.waits_for_consent(ticket):
        return _("it is waiting for your consent")
    return _("you have no tickets or minutes for it")


def _order(order: Order, missing_cents: int) -> ToDo:
    language = reading.language()
    name = names.names_of(order, language)
    day = formats.day(overdue.last_day_to_pay(order), language)
    if order.state == Order.State.CHOOSING:
        why = _("your payment arrived late: choose what to do with it by %(day)s") % {"day": day}
    else:
        amount = formats.money(missing_cents, language)
        why = _("%(amount)s to pay by %(day)s") % {"amount": amount, "day": day}
    return ToDo(reverse("my:orders:order", args=[order.reference]), name, why)
