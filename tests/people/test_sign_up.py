import pytest

from carnet.audit.models import Entry
from carnet.people import queries
from carnet.people.actions import persons
from carnet.people.models import Customer, SignUp
from tests.factories.people import BEGAN, make_person

pytestmark = pytest.mark.django_db


def sign_up(**more):
    given = {
        "email": "lea@example.org",
        "name": "Léa Morel",
        "kind": "household",
        "customer_name": " Famille Morel ",
        "language": "fr",
        "password": "the tall garden gate",
        "at": BEGAN,
    }
    return persons.sign_up(**{**given, **more})


def prove(person):
    person.emailaddress_set.update(verified=True)


def test_a_customer_comes_into_being_when_the_address_is_confirmed():
    person = sign_up()
    assert persons.confirm_sign_up(person=person, at=BEGAN) is None
    assert Customer.objects.count() == 0
    prove(person)
    customer = persons.confirm_sign_up(person=person, at=BEGAN)
    assert customer is not None
    assert (customer.kind, customer.name, customer.language) == ("household", "Famille Morel", "fr")
    assert queries.holders_of(customer) == [person]
    assert persons.confirm_sign_up(person=person, at=BEGAN) is None
    assert (Customer.objects.count(), SignUp.objects.count()) == (1, 0)


def test_an_address_in_use_is_taken():
    make_person(email="lea@example.org")
    with pytest.raises(persons.AddressTaken):
        sign_up()


def test_a_password_whose_author_is_unknown_is_dropped():
    person = sign_up()
    assert not persons.doubt_password(person, at=BEGAN).has_usable_password()
    persons.doubt_password(person, at=BEGAN)
    assert Entry.objects.filter(code="person.password_dropped").count() == 1


def test_a_password_of_somebody_known_is_not_doubted():
    person = make_person(password="the tall garden gate")
    assert persons.doubt_password(person, at=BEGAN).has_usable_password()


def test_signing_in_is_noted():
    person = sign_up()
    prove(person)
    persons.sign_in(person, methods=["password"], at=BEGAN)
    assert Customer.objects.count() == 1
    assert list(Entry.objects.filter(code="person.signed_in").values_list("subject_id", "details")) == [
        (person.pk, {"method": "password"})
    ]
