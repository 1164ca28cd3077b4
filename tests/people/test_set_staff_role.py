import pytest

from carnet.audit.models import Entry
from carnet.people.actions import persons
from carnet.people.models import Person
from tests.factories.people import BEGAN, TEST


def set_role(person, role, by):
    return persons.set_staff_role(person, role=role, by=by if by is TEST else by.as_actor(), at=BEGAN)


def test_the_owner_makes_an_agent(odile, hugo):
    assert set_role(hugo, "agent", odile).is_team
    assert list(Entry.objects.filter(code="staff_role.changed").values_list("subject_id", "details")) == [
        (hugo.pk, {"before": "", "after": "agent"})
    ]


def test_the_first_owner_is_made_by_the_system(hugo):
    assert set_role(hugo, "owner", TEST).is_owner


def test_the_same_role_changes_nothing(odile, awa):
    set_role(awa, "agent", odile)
    assert not Entry.objects.filter(code="staff_role.changed").exists()


def test_only_an_owner(awa, claire):
    for person in (awa, claire):
        with pytest.raises(persons.NotOwner):
            set_role(claire, "owner", person)


def test_the_business_needs_an_owner(odile, awa):
    with pytest.raises(persons.LastOwner):
        set_role(odile, "", odile)
    set_role(awa, "owner", odile)
    set_role(odile, "", odile)
    assert list(Person.objects.filter(staff="owner")) == [awa]
