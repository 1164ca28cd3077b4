"""What pays for a ticket that waits for it: somebody agrees, or units came, and it goes on."""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import WORKER, Actor
from carnet.kernel.refused import Refused
from carnet.people.models import Membership
from carnet.tickets import mails
from carnet.tickets.actions import audit_trail, whose_turn, work
from carnet.tickets.actions.whose_turn import TicketClosed
from carnet.tickets.models import Ticket
from carnet.work.actions import covers
from carnet.work.actions.cases import store
from carnet.work.queries import covers as work_queries
from carnet.work.queries.cases import Case
from carnet.work.rules import consent


class MayNotAgree(Refused):
    """Only who asked and the holders agree to further units (T4), while they belong to the customer."""

    code = "tickets.may_not_agree"


@transaction.atomic
def agree_to_more(*, ticket: Ticket, means: str, ceiling: int, by: Actor, at: datetime.datetime) -> Ticket:
    """T4, H4, H5: consent, by who asked or a holder: the ticket takes tokens, or minutes, up to `ceiling` in all.

    What waits takes the next of them now and goes on; what is worked on takes them when its paid time ends. Agreed to
    already, or to more: nothing changes. Refuses `MayNotAgree`, `TicketClosed`, and NotEnoughUnits of the ledger.
    """
    ticket = Ticket.objects.locked(ticket.pk)
    if not ticket.is_closed:
        # A second click, or the consent of two at once, never lowers what the other has said.
        ceiling = max(work_queries.ceiling(ticket.cover, means), ceiling)
    return _set_ceiling(ticket, means, ceiling, by=by, at=at)


@transaction.atomic
def stop_at(*, ticket: Ticket, means: str, ceiling: int, by: Actor, at: datetime.datetime) -> Ticket:
    """T4, H4: «stop at N tokens», «at N minutes»: say anew how far the ticket may go without asking; also lower.

    What it has taken already it keeps. Refuses as `agree_to_more`.
    """
    return _set_ceiling(Ticket.objects.locked(ticket.pk), means, ceiling, by=by, at=at)


def _set_ceiling(ticket: Ticket, means: str, ceiling: int, *, by: Actor, at: datetime.datetime) -> Ticket:
    if ticket.is_closed:
        raise TicketClosed(number=ticket.pk)
    member = Membership.objects.active().filter(customer=ticket.customer_id, person=by.id).first()
    is_holder = member is not None and member.role == Membership.Role.HOLDER
    if member is None or not consent.may_consent(member.person_id, asked_by=ticket.asked_by_id, is_holder=is_holder):
        raise MayNotAgree
    case = Case(ticket.cover)
    work.follow(ticket, case, at=at)
    before, waited = work_queries.ceiling(ticket.cover, means), ticket.cover.is_waiting
    covers.set_ceiling(case, means=means, ceiling=ceiling, by=by, at=at)
    store(case)
    after = work_queries.ceiling(ticket.cover, means)
    if after != before or waited:
        case.entries.append(
            audit_trail.entry("ticket.more_agreed", ticket, by=by, at=at, means=means, before=before, ceiling=after)
        )
    audit.record_all(case.entries)
    if waited and not ticket.cover.is_waiting and whose_turn.take_up(ticket):
        ticket.save()
    return ticket


@transaction.atomic
def take_up_covered(*, ticket: Ticket, at: datetime.datetime) -> Ticket:
    """What waited for cover and has it now waits for us from that moment on (M1, M7), and its person is told.

    Nothing if it was taken up already.
    """
    ticket = Ticket.objects.locked(ticket.pk)
    cover = ticket.cover
    if not cover.is_waiting and not cover.has_ended and whose_turn.take_up(ticket):
        ticket.save()
        audit_trail.record("ticket.covered", ticket, by=WORKER, at=at, means=cover.means)
        mails.covered(ticket, at=at)
    return ticket
