import datetime

from django.db import transaction

from carnet.audit.actors import VISITOR, Actor
from carnet.kernel import calendar, keys, once, text
from carnet.kernel.refused import Refused
from carnet.limits import actions as limits
from carnet.mail import actions as mail
from carnet.people import mails, queries, rules
from carnet.people.actions import customers, persons
from carnet.people.models import Customer, Invitation, Membership, Person
from carnet.people.rules import Standing
from carnet.provider import queries as provider


class AlreadyMember(Refused):
    code = "people.already_member"
    field = "email"


class TooManyInvitations(Refused):
    code = "people.too_many_invitations"


class InvitationUnknown(Refused):
    code = "people.invitation_unknown"


class InvitationForeign(Refused):
    code = "people.invitation_foreign"


class InvitationUsed(Refused):
    code = "people.invitation_used"


class InvitationWithdrawn(Refused):
    code = "people.invitation_withdrawn"


class InvitationExpired(Refused):
    code = "people.invitation_expired"


@transaction.atomic
def invite(
    *, customer: Customer, email: str, role: str, language: str, by: Actor, at: datetime.datetime, key: str
) -> Invitation:
    """Send an invitation to this address: it works once, for 7 days (P1). Inviting again ends the one before.

    `by` is a holder, or the team on the customer's behalf; the same `key` again gives back the first invitation.
    Refuses `NotHolder`, `KeyReused`, `AlreadyMember`, `TooManyInvitations` of one customer or one person in a day, and
    `TooManyMails` to one address.
    """
    customers.require_holder(customer, by=by)
    assert by.id is not None, "an invitation names the person who invites"
    email = text.address(email)
    asked = {"customer": customer, "email": email, "role": role, "language": language}
    if once.was_done("invite", key=key, at=at, by=by.id, **asked):
        return Invitation.objects.get(key=key)
    if Membership.objects.active().filter(customer=customer, person__email=email).exists():
        raise AlreadyMember(email=email)
    zone = provider.time_zone()
    today = calendar.start_of(calendar.date_on(at, zone), zone)
    if not rules.may_invite(Invitation.objects.filter(customer=customer, created_at__gte=today).count()):
        raise TooManyInvitations(limit=rules.INVITATIONS_A_DAY)
    _count_invitation(email, by, at)
    Invitation.objects.unanswered().filter(customer=customer, email=email).update(withdrawn_at=at)
    secret = keys.new_secret()
    invitation = Invitation.objects.create(
        customer=customer,
        email=email,
        role=role,
        language=language,
        secret_digest=keys.digest(secret),
        invited_by_id=by.id,
        created_at=at,
        expires_at=rules.invitation_end(at, zone),
        key=key,
    )
    customers.record("invitation.sent", invitation, by=by, at=at, role=role)
    mails.invitation(invitation, secret=secret, at=at)
    return invitation


@transaction.atomic
def accept_invitation(*, secret: str, person: Person, at: datetime.datetime) -> Membership:
    """The invited person joins the customer (P1); accepting twice changes nothing more.

    Refuses `InvitationUnknown`, `InvitationForeign` (sent to another address, or the person has not confirmed theirs),
    `InvitationUsed`, `InvitationWithdrawn`, `InvitationExpired`.
    """
    invitation = _locked_invitation(secret)
    _require_addressee(invitation, person)
    present = Membership.objects.active().filter(customer=invitation.customer, person=person).first()
    if invitation.accepted_by_id == person.pk and present is not None:
        return present
    _require_open(invitation, at)
    invitation.accepted_at, invitation.accepted_by = at, person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    by = person.as_actor()
    customers.record("invitation.accepted", invitation, by=by, at=at)
    return present or customers.join(customer=invitation.customer, person=person, role=invitation.role, by=by, at=at)


@transaction.atomic
def join_by_invitation(*, secret: str, name: str, language: str, password: str, at: datetime.datetime) -> Membership:
    """Somebody new accepts: the person is created with the invited address, which the link has proved, and joins (P1).

    Refuses as `accept_invitation`, and `AddressTaken` if the address already belongs to a person, who has to sign in.
    """
    invitation = _locked_invitation(secret)
    _require_open(invitation, at)
    person = persons.create_person(
        email=invitation.email,
        name=name,
        language=language,
        by=VISITOR,
        at=at,
        verified=True,
        password=password,
    )
    return accept_invitation(secret=secret, person=person, at=at)


def check_invitation(invitation: Invitation | None, *, person: Person | None, at: datetime.datetime) -> Invitation:
    """Raise what accepting would refuse this person, or a visitor, at `at`; writes nothing."""
    if invitation is None:
        raise InvitationUnknown
    if person is not None:
        _require_addressee(invitation, person)
    _require_open(invitation, at)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: Actor, at: datetime.datetime) -> Invitation:
    """The link no longer works; one that has ended by itself or was withdrawn stays as it is. Refuses `NotHolder`,
    and `InvitationUsed` once it was accepted: then the member has to be removed."""
    customers.require_holder(invitation.customer, by=by)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at is not None:
        raise InvitationUsed
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = at
        invitation.save(update_fields=["withdrawn_at"])
        customers.record("invitation.withdrawn", invitation, by=by, at=at)
    return invitation


def _count_invitation(email: str, by: Actor, at: datetime.datetime) -> None:
    if by.kind == "team":
        return
    if not limits.spend(rules.BY_ONE_PERSON, f"person {by.id}", at=at):
        raise TooManyInvitations(limit=rules.BY_ONE_PERSON.most)
    if not limits.spend(rules.TO_ONE_ADDRESS, email, at=at):
        raise mail.TooManyMails
    mail.count_asked(to=email, visitor=f"person {by.id}", at=at)


def _locked_invitation(secret: str) -> Invitation:
    found = Invitation.objects.select_for_update(of=("self",)).select_related("customer")
    invitation = found.filter(secret_digest=keys.digest(secret)).first()
    if invitation is None:
        raise InvitationUnknown
    return invitation


def _require_addressee(invitation: Invitation, person: Person) -> None:
    if invitation.email != person.email or not queries.has_proved_address(person):
        raise InvitationForeign


def _require_open(invitation: Invitation, at: datetime.datetime) -> None:
    match invitation.standing_at(at):
        case Standing.ACCEPTED:
            raise InvitationUsed
        case Standing.WITHDRAWN:
            raise InvitationWithdrawn
        case Standing.EXPIRED:
            raise InvitationExpired
