import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from carnet.audit import actions as audit
from carnet.audit.actors import VISITOR, Actor
from carnet.kernel import calendar, keys, once, text
from carnet.kernel.refused import Refused
from carnet.limits import actions as limits
from carnet.mail import actions as mail
from carnet.people import mails, queries, rules
from carnet.people.models import Customer, Invitation, Membership, Person, SignUp
from carnet.people.rules import Standing
from carnet.provider import queries as provider


class AddressTaken(Refused):
    code = "people.address_taken"
    field = "email"


class NotHolder(Refused):
    code = "people.not_holder"


class LastHolder(Refused):
    code = "people.last_holder"
    field = "role"


class AlreadyMember(Refused):
    code = "people.already_member"
    field = "email"


class TooManyInvitations(Refused):
    code = "people.too_many_invitations"


class TooManyCustomers(Refused):
    code = "people.too_many_customers"


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


class NotOwner(Refused):
    code = "people.not_owner"


class LastOwner(Refused):
    code = "people.last_owner"


@transaction.atomic
def create_person(
    *,
    email: str,
    name: str,
    language: str,
    by: Actor,
    at: datetime.datetime,
    verified: bool = False,
    password: str | None = None,
) -> Person:
    """A new person who signs in with this address; without a password they sign in by code.

    `verified`: the caller knows that the address is theirs (they followed a link or typed a code sent to it). Then a
    person who once typed this address and never confirmed it is taken over, old password and all, because whoever that
    was had not shown that the address is theirs. Refuses `AddressTaken`.
    """
    email = text.address(email)
    person = Person.objects.select_for_update().filter(email=email).first()
    if person is not None and (not verified or queries.has_proved_address(person)):
        raise AddressTaken(email=email)
    code = "person.created" if person is None else "person.taken_over"
    person = person or Person(email=email, created_at=at)
    person.name = text.one_line(name)
    person.language = language
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
            EmailAddress.objects.update_or_create(
                user=person, email=email, defaults={"primary": True, "verified": verified}
            )
    except IntegrityError:  # the same address in another transaction at the same moment
        raise AddressTaken(email=email) from None
    SignUp.objects.filter(person=person).delete()
    audit.record(code, by=by, at=at, subject=("person", person.pk), verified=verified)
    return person


@transaction.atomic
def sign_up(
    *, email: str, name: str, kind: str, customer_name: str, language: str, password: str, at: datetime.datetime
) -> Person:
    """A visitor wants an account. The customer comes into being once the address is confirmed (`confirm_sign_up`).

    Refuses `AddressTaken`, which nobody is told: the page answers as ever, and the address gets a mail.
    """
    person = create_person(email=email, name=name, language=language, by=VISITOR, at=at, password=password)
    SignUp.objects.create(person=person, kind=kind, customer_name=text.one_line(customer_name), at=at)
    return person


@transaction.atomic
def confirm_sign_up(*, person: Person, at: datetime.datetime) -> Customer | None:
    """The person has confirmed the address of their sign-up: what they wanted to open is opened. Once; later: None."""
    wish = SignUp.objects.select_for_update().filter(person=person).first()
    if wish is None or not queries.has_proved_address(person):
        return None
    wish.delete()
    return create_customer(
        kind=wish.kind,
        name=wish.customer_name,
        language=person.language,
        person=person,
        by=person.as_actor(),
        at=at,
    )


@transaction.atomic
def sign_in(person: Person, *, methods: list[str], at: datetime.datetime) -> Person:
    """The person has shown who they are. With a confirmed address the sign-up, if there is one, becomes a customer."""
    confirm_sign_up(person=person, at=at)
    by = person.as_actor()
    audit.record("person.signed_in", by=by, at=at, subject=("person", person.pk), method="+".join(methods))
    return person


@transaction.atomic
def doubt_password(person: Person, *, at: datetime.datetime) -> Person:
    """A first sign-in by code after a sign-up: the code proves the address, but not that the sign-up's password came
    from the same hand. It is dropped; the person may set one."""
    if SignUp.objects.filter(person=person).exists() and person.has_usable_password():
        person.set_unusable_password()
        person.save(update_fields=["password"])
        audit.record("person.password_dropped", by=person.as_actor(), at=at, subject=("person", person.pk))
    return person


@transaction.atomic
def change_password(person: Person, *, password: str, by: Actor, at: datetime.datetime) -> Person:
    """A new password. Every other session of the person ends with it."""
    person.set_password(password)
    person.save(update_fields=["password"])
    audit.record("person.password_changed", by=by, at=at, subject=("person", person.pk))
    return person


@transaction.atomic
def note_address(person: Person, *, at: datetime.datetime) -> Person:
    """The person has typed the code that was sent to their address, at sign-up or after changing it."""
    audit.record("person.address_confirmed", by=person.as_actor(), at=at, subject=("person", person.pk))
    return person


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
    _join(customer=customer, person=person, role=Membership.Role.HOLDER, by=by, at=at)
    return customer


@transaction.atomic
def invite(
    *, customer: Customer, email: str, role: str, language: str, by: Actor, at: datetime.datetime, key: str
) -> Invitation:
    """Send an invitation to this address: it works once, for 7 days (P1). Inviting again ends the one before.

    `by` is a holder, or the team on the customer's behalf; the same `key` again gives back the first invitation.
    Refuses `NotHolder`, `KeyReused`, `AlreadyMember`, `TooManyInvitations` of one customer or one person in a day, and
    `TooManyMails` to one address.
    """
    _require_holder(customer, by)
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
    _record("invitation.sent", invitation, by=by, at=at, role=role)
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
    _record("invitation.accepted", invitation, by=by, at=at)
    return present or _join(customer=invitation.customer, person=person, role=invitation.role, by=by, at=at)


@transaction.atomic
def join_by_invitation(*, secret: str, name: str, language: str, password: str, at: datetime.datetime) -> Membership:
    """Somebody new accepts: the person is created with the invited address, which the link has proved, and joins (P1).

    Refuses as `accept_invitation`, and `AddressTaken` if the address already belongs to a person, who has to sign in.
    """
    invitation = _locked_invitation(secret)
    _require_open(invitation, at)
    person = create_person(
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
    _require_holder(invitation.customer, by)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at is not None:
        raise InvitationUsed
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = at
        invitation.save(update_fields=["withdrawn_at"])
        _record("invitation.withdrawn", invitation, by=by, at=at)
    return invitation


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
    _record("member.removed", membership, by=by, at=at, person=membership.person_id)
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
    _record("role.changed", membership, by=by, at=at, person=membership.person_id, before=before, after=role)
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
        _record("holder_reading.changed", membership, by=by, at=at, allowed=allowed)
    return membership


@transaction.atomic
def set_staff_role(person: Person, *, role: str, by: Actor, at: datetime.datetime) -> Person:
    """Make somebody an agent or an owner, or take them off the team (""). Refuses `NotOwner`, and `LastOwner`."""
    owners = set(
        Person.objects.select_for_update().filter(staff=Person.Staff.OWNER, is_active=True).values_list("pk", flat=True)
    )
    if by.kind != "system" and by.id not in owners:
        raise NotOwner
    person = Person.objects.select_for_update().get(pk=person.pk)
    before = person.staff
    if role == before:
        return person
    if owners == {person.pk}:
        raise LastOwner
    person.staff = role
    person.save(update_fields=["staff"])
    audit.record("staff_role.changed", by=by, at=at, subject=("person", person.pk), before=before, after=role)
    return person


def _count_invitation(email: str, by: Actor, at: datetime.datetime) -> None:
    if by.kind == "team":
        return
    if not limits.spend(rules.BY_ONE_PERSON, f"person {by.id}", at=at):
        raise TooManyInvitations(limit=rules.BY_ONE_PERSON.most)
    if not limits.spend(rules.TO_ONE_ADDRESS, email, at=at):
        raise mail.TooManyMails
    mail.count_asked(to=email, visitor=f"person {by.id}", at=at)


def _join(*, customer: Customer, person: Person, role: str, by: Actor, at: datetime.datetime) -> Membership:
    """Who was a member before comes back with their own word on who reads their tickets (P2)."""
    before = Membership.objects.filter(customer=customer, person=person).order_by("-since_at").first()
    membership = Membership.objects.create(
        customer=customer,
        person=person,
        role=role,
        holder_reads=before.holder_reads if before else provider.setting("holder_reads_tickets"),
        since_at=at,
    )
    _record("member.joined", membership, by=by, at=at, person=person.pk, role=role)
    return membership


def _record(
    code: str, what: Invitation | Membership, *, by: Actor, at: datetime.datetime, **details: int | str | bool
) -> None:
    subject = ("membership" if isinstance(what, Membership) else "invitation", what.pk)
    audit.record(code, by=by, at=at, subject=subject, customer_id=what.customer_id, **details)


def _require_holder(customer: Customer, by: Actor) -> None:
    """Locks the customer's people until the end of the transaction, so that two last holders can't go at once."""
    Customer.objects.select_for_update().get(pk=customer.pk)
    held = Membership.objects.active().filter(customer=customer, role=Membership.Role.HOLDER)
    if by.kind == "person" and not held.filter(person=by.id).exists():
        raise NotHolder


def _locked_membership(membership: Membership, by: Actor) -> Membership:
    _require_holder(membership.customer, by)
    return Membership.objects.get(pk=membership.pk)


def _require_another_holder(membership: Membership) -> None:
    held = Membership.objects.active().filter(customer_id=membership.customer_id, role=Membership.Role.HOLDER)
    if membership.is_holder and not held.exclude(pk=membership.pk).exists():
        raise LastHolder


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
