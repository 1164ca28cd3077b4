import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from carnet.audit import actions as audit
from carnet.audit.actors import VISITOR, Actor
from carnet.kernel import text
from carnet.kernel.refused import Refused
from carnet.people import queries
from carnet.people.actions.customers import create_customer
from carnet.people.models import Customer, Person, SignUp


class AddressTaken(Refused):
    code = "people.address_taken"
    field = "email"


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
