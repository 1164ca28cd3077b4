"""Persons and customers beside the permanent ones of `tests.people`, and their browsers."""

import datetime
import re

from django.conf import settings
from django.test import Client

from carnet.audit.actors import system
from carnet.kernel import keys
from carnet.mail.models import OutgoingMail
from carnet.people import queries
from carnet.people.actions import customers, invitations, persons
from carnet.people.models import Customer, Membership, Person

TEST = system("test")
BEGAN = datetime.datetime(2027, 1, 11, 8, 0, tzinfo=datetime.UTC)  # a Monday, 9:00 in Paris


def make_person(
    name: str = "Noé Petit",
    *,
    email: str = "",
    language: str = "fr",
    staff: str = "",
    password: str | None = None,
    at: datetime.datetime = BEGAN,
) -> Person:
    """A person with a confirmed address; without a password, as that makes tests quicker."""
    email = email or f"person{Person.objects.count() + 1}@example.org"
    person = persons.create_person(
        email=email, name=name, language=language, by=TEST, at=at, verified=True, password=password
    )
    if staff:
        person.staff = staff
        person.save(update_fields=["staff"])
    return person


def make_customer(
    holder: Person, name: str = "Famille Petit", *, kind: str = "household", at: datetime.datetime = BEGAN
) -> Customer:
    return customers.create_customer(kind=kind, name=name, language=holder.language, person=holder, by=TEST, at=at)


def make_member(
    customer: Customer,
    person: Person,
    *,
    role: str = "member",
    holder_reads: bool = False,
    at: datetime.datetime = BEGAN,
) -> Membership:
    return Membership.objects.create(
        customer=customer, person=person, role=role, holder_reads=holder_reads, since_at=at
    )


def membership_of(person: Person, customer: Customer) -> Membership:
    """The person's active membership of the customer."""
    return Membership.objects.active().get(person=person, customer=customer)


def signed_in(person: Person) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def link_of(mail: OutgoingMail) -> str:
    """The path of the link that a mail carries."""
    found = re.search(re.escape(settings.SITE_URL) + r"(/\S+/)\s", mail.text)
    assert found, mail.text
    return found.group(1)


def invited(martins: Customer, email: str, *, role: str = "member", at: datetime.datetime = BEGAN) -> str:
    """Claire invites this address; the secret of the link in the mail."""
    by = queries.holders_of(martins)[0].as_actor()
    key = keys.new_key()
    invitations.invite(customer=martins, email=email, role=role, language="en", by=by, at=at, key=key)
    return link_of(OutgoingMail.objects.filter(kind="people/invitation").latest("pk")).split("/")[-2]
