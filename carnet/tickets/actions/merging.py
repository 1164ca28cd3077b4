"""One ticket, one subject: a second one is split off (T6); two tickets about the same are merged (T10)."""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel import once
from carnet.kernel.refused import Refused
from carnet.tickets import mails
from carnet.tickets.actions import audit_trail, closing, whose_turn, work, work_outcomes
from carnet.tickets.actions.messages import add_message
from carnet.tickets.actions.whose_turn import TicketClosed
from carnet.tickets.models import Message, Ticket
from carnet.work.actions import cover_endings, covers
from carnet.work.actions.cases import store
from carnet.work.queries.cases import Case
from carnet.work.rules.ways_to_pay import Chosen


class SubjectMissing(Refused):
    """The ticket that is split off has a subject of its own."""

    code = "tickets.subject_missing"
    field = "subject"


class SameTicket(Refused):
    """A ticket can't be merged with itself."""

    code = "tickets.same_ticket"
    field = "number"


class OtherCustomer(Refused):
    """Only tickets of one customer merge (T10)."""

    code = "tickets.other_customer"
    field = "number"


@transaction.atomic
def split_ticket(*, ticket: Ticket, subject: str, text: str, key: str, by: Actor, at: datetime.datetime) -> Ticket:
    """T6: split a second subject off into a ticket of its own, which its person is asked about: it waits for its own
    cover (T15), and without consent only the first subject is treated.

    Minutes already worked stay where they were worked. The same key again is the first ticket. Refuses
    `SubjectMissing`, `KeyReused` and `TicketClosed`.
    """
    if not subject.strip():
        raise SubjectMissing
    if once.was_done("split_ticket", key=key, at=at, ticket=ticket, by=by.id, subject=subject, text=text):
        return Ticket.objects.get(key=key)
    ticket = (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("customer", "asked_by", "passed_to")
        .get(pk=ticket.pk)
    )
    if ticket.is_closed:
        raise TicketClosed(number=ticket.pk)
    case = covers.open_cover(
        customer=ticket.customer, person=ticket.passed_to or ticket.asked_by, chosen=Chosen("none"), asks_first=True,
        by=by, at=at,
    )  # fmt: skip
    new = Ticket.objects.create(
        key=key, customer=ticket.customer, asked_by=ticket.asked_by, assigned_to_id=ticket.assigned_to_id,
        cover=case.cover, origin=Ticket.Origin.TEAM, subject=subject.strip(), language=ticket.language,
        criticality=ticket.criticality, opened_at=at, waits_since=at, due_at=whose_turn.due_at(ticket.criticality, at),
        split_from=ticket, passed_to_id=ticket.passed_to_id,
    )  # fmt: skip
    add_message(
        ticket=new, kind=Message.Kind.NOTICE, text=text.strip() or subject.strip(), uploads=(),
        key=f"opens:{key}"[:64], by=by, at=at,
    )  # fmt: skip
    audit.record_all(
        [
            *case.entries,
            audit_trail.entry("ticket.split_off", new, by=by, at=at, source=ticket.pk),
            audit_trail.entry("ticket.split", ticket, by=by, at=at, new=new.pk),
        ]
    )
    mails.split_off(new, at=at)
    return new


@transaction.atomic
def merge_tickets(*, source: Ticket, target: Ticket, by: Actor, at: datetime.datetime) -> Ticket:
    """T10: the source ends in the target, and both are priced together on the target's cover, never higher than apart.

    Merged with it already: nothing changes. What was written and worked stays where it stands, the source names the
    target. Clocks on the source stop now. Refuses `SameTicket`, `OtherCustomer`, `TicketClosed` for a closed target,
    and of `work` `OtherKindOfCover` and `MergedAlready`.
    """
    if source.pk == target.pk:
        raise SameTicket
    pks = sorted([source.pk, target.pk])
    # Both, before the ledger: whoever has one of them may be waiting for it.
    both = Ticket.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    if len(set(both.values_list("customer_id", flat=True))) > 1:
        raise OtherCustomer
    source, target = Ticket.objects.locked(source.pk), Ticket.objects.locked(target.pk)
    if source.merged_into_id == target.pk:
        return target
    if target.is_closed:
        raise TicketClosed(number=target.pk)
    case, other = Case(source.cover), Case(target.cover)
    other.account, other.entries = case.account, case.entries
    for ticket, one in ((source, case), (target, other)):
        work.follow(ticket, one, at=at)
    recorded = closing.record_clocks(case, at=at)
    store(case)
    for clock, sessions in recorded:
        work_outcomes.note_stopped(source, case, clock=clock, sessions=sessions, by=by, at=at)
    cover_endings.merge(case, other, by=by, at=at)
    store(case)
    store(other)
    source.merged_into = target
    if source.is_closed:
        source.save(update_fields=["merged_into"])
    else:
        closing.close_merged(source, case, by=by, at=at)
    case.entries += [
        audit_trail.entry("ticket.merged", target, by=by, at=at, source=source.pk),
        audit_trail.entry("ticket.merged_into", source, by=by, at=at, target=target.pk),
    ]
    mails.merged(source, at=at)
    work.follow(target, other, at=at)
    audit.record_all(case.entries)
    return target
