import pytest

from carnet.audit.models import Entry
from carnet.people.actions import customers
from carnet.people.models import Membership
from tests.factories.people import BEGAN, membership_of, signed_in
from tests.words import french


def change(membership, role, by):
    return customers.change_role(membership, role=role, by=by.as_actor(), at=BEGAN)


def test_a_member_becomes_a_holder(martins, claire, hugo):
    membership = change(membership_of(hugo, martins), "holder", claire)
    assert membership.role == "holder"
    assert list(Entry.objects.filter(code="role.changed").values_list("subject_id", "customer_id", "details")) == [
        (membership.pk, martins.pk, {"person": hugo.pk, "before": "member", "after": "holder"})
    ]


def test_the_same_role_changes_nothing(martins, claire):
    assert change(membership_of(claire, martins), "holder", claire).role == "holder"
    assert not Entry.objects.filter(code="role.changed").exists()


def test_a_customer_has_at_least_one_holder(martins, claire, hugo):
    with pytest.raises(customers.LastHolder):
        change(membership_of(claire, martins), "buyer", claire)
    change(membership_of(hugo, martins), "holder", claire)
    assert change(membership_of(claire, martins), "buyer", claire).role == "buyer"


def test_not_by_a_member_or_a_stranger(martins, hugo, ines):
    for person in (hugo, ines):
        with pytest.raises(customers.NotHolder):
            change(membership_of(hugo, martins), "holder", person)


def test_not_once_it_has_ended(martins, claire, hugo):
    membership = customers.remove_member(membership_of(hugo, martins), by=claire.as_actor(), at=BEGAN)
    assert change(membership, "holder", claire).role == "member"


# The page


def path(person, customer):
    return f"/my/people/{Membership.objects.get(person=person, customer=customer).pk}/role/"


def test_changing_on_the_page(martins, claire, hugo):
    response = signed_in(claire).post(path(hugo, martins), {"role": "buyer"})
    assert (response.status_code, response.headers["Location"]) == (302, "/my/people/")
    assert membership_of(hugo, martins).role == "buyer"


@pytest.mark.parametrize("role", ["", "owner", "x" * 100_000])
def test_a_role_that_is_none(martins, claire, hugo, role):
    response = signed_in(claire).post(path(hugo, martins), {"role": role})
    assert (response.status_code, list(response.context["form"].errors)) == (200, ["role"])
    assert membership_of(hugo, martins).role == "member"


def test_the_last_holder_is_told_next_to_the_choice(martins, claire):
    response = signed_in(claire).post(path(claire, martins), {"role": "member"})
    assert response.context["form"].errors == {
        "role": [french("An account needs at least one account holder. Make someone else an account holder first.")]
    }


def test_others_find_no_page(martins, hugo, ines, awa):
    assert [signed_in(one).post(path(hugo, martins), {"role": "holder"}).status_code for one in (hugo, ines, awa)] == [
        404,
        404,
        404,
    ]
    assert membership_of(hugo, martins).role == "member"


def test_the_page_shows_the_present_role(martins, claire, hugo):
    response = signed_in(claire).get(path(hugo, martins))
    assert (response.status_code, response.context["form"]["role"].value()) == (200, "member")
    assert signed_in(claire).put(path(hugo, martins)).status_code == 405


def test_an_empty_form_is_told_what_is_missing(martins, claire, hugo):
    response = signed_in(claire).post(path(hugo, martins))
    assert list(response.context["form"].errors) == ["role"]
