import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel import text
from carnet.kernel.refused import Refused
from carnet.limits import actions as limits
from carnet.people import rules
from carnet.people.models import Customer, Invitation, Membership, Person
from carnet.provider import queries as provider


class NotHolder(Refused):
    code = "people.not_holder"


class LastHolder(Refused):
    code = "people.last_holder"
    field = "role"


class TooManyCustomers(Refused):
    code = "people.too_many_customers"


@transaction.atomic
def create_customer(
    *, kind: str, name: str, language: str, person: Person, by: Actor, at: datetime.datetime
) -> Customer:
    """A new household or company with `person` as its holder; a household without a name gets the person's.

    The same once more (a form sent twice) gives back the first one. Refuses `TooManyCustomers` to a person who founds
    many in a day.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    name = text.one_line(name) or str(person)
    held = Membership.objects.active().filter(person=person, role=Membership.Role.HOLDER)
    if same := held.filter(customer__kind=kind, customer__name=name).select_related("customer").first():
        return same.customer
    if not limits.spend(rules.CUSTOMERS_OF_ONE_PERSON, f"person {person.pk}", at=at):
        raise TooManyCustomers
    customer = Customer.objects.create(kind=kind, name=name, language=language, created_at=at)
    audit.record(
        "customer.created", by=by, at=at, subject=("customer", customer.pk), customer_id=customer.pk, kind=kind
    )
    join(customer=customer, person=person, role=Membership.Role.HOLDER, by=by, at=at)
    return customer


@transaction.atomic
def remove_member(membership: Membership, *, by: Actor, at: datetime.datetime) -> Membership:
    """The person's access to the customer ends at once (P3); removing twice changes nothing more.

    Refuses `NotHolder`, and `LastHolder`: a customer has at least one. What follows for the person's open tickets needs
    no write: whoever asks which people may decide for a ticket finds its asker gone and the holders in their place.
    """
    membership = _locked_membership(membership, by)
    if membership.ended_at is not None:
        return membership
    _require_another_holder(membership)
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    record("member.removed", membership, by=by, at=at, person=membership.person_id)
    return membership


@transaction.atomic
def change_role(membership: Membership, *, role: str, by: Actor, at: datetime.datetime) -> Membership:
    """Make somebody a holder, a buyer or a member. Refuses `NotHolder`, `LastHolder`: a customer has at least one."""
    membership = _locked_membership(membership, by)
    before = membership.role
    if role == before or membership.ended_at is not None:
        return membership
    _require_another_holder(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    record("role.changed", membership, by=by, at=at, person=membership.person_id, before=before, after=role)
    return membership


@transaction.atomic
def let_holder_read(membership: Membership, *, allowed: bool, by: Actor, at: datetime.datetime) -> Membership:
    """Whether the holders may read the contents of this person's tickets (P2): their own word, nobody else's."""
    assert by.id == membership.person_id, "only the person may say who reads their tickets"
    if membership.holder_reads != allowed:
        # Earlier stays with the same customer too: there is one word, not one per stay.
        Membership.objects.filter(customer_id=membership.customer_id, person_id=membership.person_id).update(
            holder_reads=allowed
        )
        membership.holder_reads = allowed
        record("holder_reading.changed", membership, by=by, at=at, allowed=allowed)
    return membership


def join(*, customer: Customer, person: Person, role: str, by: Actor, at: datetime.datetime) -> Membership:
    """The person belongs to the customer from `at` on. Who was a member before comes back with their own word on who
    reads their tickets (P2).
    """
    before = Membership.objects.filter(customer=customer, person=person).order_by("-since_at").first()
    membership = Membership.objects.create(
        customer=customer,
        person=person,
        role=role,
        holder_reads=before.holder_reads if before else provider.setting("holder_reads_tickets"),
        since_at=at,
    )
    record("member.joined", membership, by=by, at=at, person=person.pk, role=role)
    return membership


def require_holder(customer: Customer, *, by: Actor) -> None:
    """Lock the customer's people until the end of the transaction, so that two last holders can't go at once. Refuses
    `NotHolder` to a person who is none; the team acts on the customer's behalf.
    """
    Customer.objects.select_for_update().get(pk=customer.pk)
    held = Membership.objects.active().filter(customer=customer, role=Membership.Role.HOLDER)
    if by.kind == "person" and not held.filter(person=by.id).exists():
        raise NotHolder


def record(
    code: str, what: Invitation | Membership, *, by: Actor, at: datetime.datetime, **details: int | str | bool
) -> None:
    """Into the audit trail, beside the customer."""
    subject = ("membership" if isinstance(what, Membership) else "invitation", what.pk)
    audit.record(code, by=by, at=at, subject=subject, customer_id=what.customer_id, **details)


def _locked_membership(membership: Membership, by: Actor) -> Membership:
    require_holder(membership.customer, by=by)
    return Membership.objects.get(pk=membership.pk)


def _require_another_holder(membership: Membership) -> None:
    held = Membership.objects.active().filter(customer_id=membership.customer_id, role=Membership.Role.HOLDER)
    if membership.is_holder and not held.exclude(pk=membership.pk).exists():
        raise LastHolder
