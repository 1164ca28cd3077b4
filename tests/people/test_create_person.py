import pytest
from allauth.account.models import EmailAddress

from carnet.audit.models import Entry
from carnet.people import queries
from carnet.people.actions import persons
from carnet.people.models import Person
from tests.factories.people import BEGAN, TEST, make_person

pytestmark = pytest.mark.django_db


def create(email="Claire@Example.org", **more):
    given = {"name": " Claire Martin ", "language": "fr", "by": TEST, "at": BEGAN}
    return persons.create_person(email=email, **{**given, **more})


def test_a_person_signs_in_with_a_lower_case_address():
    person = create()
    assert (person.email, person.name, person.language, person.created_at) == (
        "claire@example.org",
        "Claire Martin",
        "fr",
        BEGAN,
    )
    assert not person.has_usable_password()
    assert list(EmailAddress.objects.values_list("user", "email", "verified", "primary")) == [
        (person.pk, "claire@example.org", False, True)
    ]
    assert list(Entry.objects.values_list("code", "subject_kind", "subject_id", "details")) == [
        ("person.created", "person", person.pk, {"verified": False})
    ]


def test_the_password_is_kept_as_a_digest():
    person = create(password="the tall garden gate")
    assert person.check_password("the tall garden gate")


def test_the_same_address_in_another_case_is_taken():
    make_person(email="claire@example.org")
    with pytest.raises(persons.AddressTaken) as refused:
        create("CLAIRE@example.org", verified=True)
    assert refused.value.values == {"email": "claire@example.org"}
    assert Person.objects.count() == 1


def test_an_address_never_confirmed_is_taken_by_a_mere_sign_up():
    create()
    with pytest.raises(persons.AddressTaken):
        create()


def test_who_proves_the_address_takes_over_what_was_never_confirmed():
    squatter = create(name="Somebody", language="en", password="chosen by somebody")
    person = create(verified=True)
    assert person.pk == squatter.pk
    person.refresh_from_db()
    assert (person.name, person.language) == ("Claire Martin", "fr")
    assert not person.check_password("chosen by somebody")
    assert EmailAddress.objects.get().verified
    assert Entry.objects.last().code == "person.taken_over"


def test_only_a_proved_address_belongs_to_somebody():
    unproved, proved = create("noe@example.org"), create("claire@example.org", verified=True)
    assert queries.person_with_address("noe@example.org") is None
    assert queries.person_with_address(" CLAIRE@example.org") == proved
    assert [queries.has_proved_address(one) for one in (unproved, proved)] == [False, True]


def test_an_address_that_somebody_has_proved_besides_their_own_is_taken():
    other = make_person(email="claire@example.org")
    EmailAddress.objects.create(user=other, email="claire.martin@example.org", verified=True)
    with pytest.raises(persons.AddressTaken):
        create("claire.martin@example.org", verified=True)
    assert Person.objects.count() == 1
