"""Who takes care of a ticket, and how urgent it is."""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel.refused import Refused
from carnet.people import queries as people
from carnet.people.models import Membership, Person
from carnet.tickets import mails
from carnet.tickets.actions import audit_trail, whose_turn
from carnet.tickets.actions.whose_turn import TicketClosed
from carnet.tickets.models import Criticality, Ticket
from carnet.work.actions import covers
from carnet.work.actions.cases import store
from carnet.work.queries.cases import Case


class NotOfTheTeam(Refused):
    """A ticket is given to the team only."""

    code = "tickets.not_of_the_team"
    field = "agent"


@transaction.atomic
def assign_ticket(*, ticket: Ticket, agent: Person | None, by: Actor, at: datetime.datetime) -> Ticket:
    """Give the ticket to an agent, or to nobody. Assigned as it is already: nothing changes. Refuses `NotOfTheTeam`,
    `TicketClosed`.
    """
    if agent and not agent.is_team:
        raise NotOfTheTeam
    ticket = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if ticket.is_closed:
        raise TicketClosed(number=ticket.pk)
    if ticket.assigned_to_id != (agent.pk if agent else None):
        ticket.assigned_to = agent
        ticket.save(update_fields=["assigned_to"])
        audit_trail.record("ticket.assigned", ticket, by=by, at=at, agent=agent.pk if agent else None)
    return ticket


@transaction.atomic
def change_criticality(*, ticket: Ticket, criticality: Criticality, by: Actor, at: datetime.datetime) -> Ticket:
    """Say anew how badly it hurts: the due time is reckoned again from when it began to wait, and the customer sees it
    (M7).

    The same again changes nothing. Refuses `TicketClosed`.
    """
    ticket = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if ticket.is_closed:
        raise TicketClosed(number=ticket.pk)
    before = ticket.criticality
    if before != criticality:
        ticket.criticality = criticality
        if ticket.state == Ticket.State.OPEN:
            ticket.due_at = whose_turn.due_at(ticket.criticality, ticket.waits_since)
        ticket.save(update_fields=["criticality", "due_at"])
        audit_trail.record("ticket.criticality_changed", ticket, by=by, at=at, before=before, after=str(criticality))
    return ticket


@transaction.atomic
def pass_ticket_on(*, ticket: Ticket, by: Actor, at: datetime.datetime) -> Ticket:
    """P3: an open ticket of a person who was removed passes to the customer's first holder, who is told and may close
    it, or agree to more: units are drawn for the holder from now on.

    Nothing happens if its person is still there, or if it was passed to somebody who still holds.
    """
    ticket = Ticket.objects.locked(ticket.pk)
    active = Membership.objects.active().filter(customer=ticket.customer_id)
    if ticket.is_closed or active.filter(person=ticket.asked_by_id).exists():
        return ticket
    if active.filter(person=ticket.passed_to_id, role=Membership.Role.HOLDER).exists():
        return ticket
    holder = people.holders_of(ticket.customer)[0]
    ticket.passed_to = holder
    ticket.save(update_fields=["passed_to"])
    case = Case(ticket.cover)
    covers.hand_over(case, person=holder, by=by, at=at)
    store(case)
    audit.record_all([*case.entries, audit_trail.entry("ticket.passed_on", ticket, by=by, at=at, holder=holder.pk)])
    mails.passed_on(ticket, at=at)
    return ticket
