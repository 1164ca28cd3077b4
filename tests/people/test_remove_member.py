import pytest

from carnet.audit.models import Entry
from carnet.people import queries
from carnet.people.actions import customers
from carnet.people.models import Membership
from tests.factories.people import BEGAN, make_member, membership_of, signed_in
from tests.words import french_on_page


def remove(membership, by):
    return customers.remove_member(membership, by=by.as_actor(), at=BEGAN)


def test_a_removed_person_belongs_no_longer(martins, claire, hugo):
    membership = remove(membership_of(hugo, martins), claire)
    assert membership.ended_at == BEGAN
    assert queries.active_memberships(hugo) == []
    assert list(Entry.objects.filter(code="member.removed").values_list("subject_id", "customer_id", "details")) == [
        (membership.pk, martins.pk, {"person": hugo.pk})
    ]


def test_once(martins, claire, hugo):
    membership = membership_of(hugo, martins)
    remove(membership, claire)
    assert remove(membership, claire).ended_at == BEGAN
    assert Entry.objects.filter(code="member.removed").count() == 1


def test_not_by_a_member_or_a_stranger(martins, claire, hugo, ines):
    for person in (hugo, ines):
        with pytest.raises(customers.NotHolder):
            remove(membership_of(claire, martins), person)


def test_a_customer_has_at_least_one_holder(martins, claire, hugo):
    with pytest.raises(customers.LastHolder):
        remove(membership_of(claire, martins), claire)
    Membership.objects.filter(person=hugo).update(role="holder")
    remove(membership_of(claire, martins), hugo)
    with pytest.raises(customers.LastHolder):
        remove(membership_of(hugo, martins), hugo)
    assert queries.holders_of(martins) == [hugo]


def test_the_team_may_remove_for_a_customer(martins, hugo, awa):
    assert remove(membership_of(hugo, martins), awa).ended_at == BEGAN


def test_P3_access_ends_at_once(martins, claire, hugo):
    browser = signed_in(hugo)
    assert browser.get("/my/people/").status_code == 200
    remove(membership_of(hugo, martins), claire)
    assert browser.get("/my/people/").status_code == 404


# The page


def path(person, customer):
    return f"/my/people/{Membership.objects.get(person=person, customer=customer).pk}/remove/"


def test_the_page_asks_once(martins, claire, hugo):
    response = signed_in(claire).get(path(hugo, martins))
    assert (response.status_code, "Hugo Martin" in response.content.decode()) == (200, True)
    assert membership_of(hugo, martins).ended_at is None


def test_removing_on_the_page(martins, claire, hugo):
    browser = signed_in(claire)
    assert browser.post(path(hugo, martins)).headers["Location"] == "/my/people/"
    assert queries.active_memberships(hugo) == []
    # The button pressed twice, and the question opened once more.
    assert browser.post(path(hugo, martins)).headers["Location"] == "/my/people/"
    assert browser.get(path(hugo, martins)).headers["Location"] == "/my/people/"


def test_the_last_holder_is_told(martins, claire):
    response = signed_in(claire).post(path(claire, martins), follow=True)
    assert (
        french_on_page("An account needs at least one account holder. Make someone else an account holder first.")
        in response.content.decode()
    )


def test_a_holder_may_leave_when_another_stays(martins, claire, hugo):
    Membership.objects.filter(person=hugo).update(role="holder")
    response = signed_in(claire).post(path(claire, martins))
    assert response.status_code == 302
    assert response.headers["Location"] != "/my/people/"
    assert queries.holders_of(martins) == [hugo]


def test_others_find_no_page(martins, hugo, ines, awa):
    for one in (hugo, ines, awa):
        assert [
            signed_in(one).get(path(hugo, martins)).status_code,
            signed_in(one).post(path(hugo, martins)).status_code,
        ] == [
            404,
            404,
        ]
    make_member(martins, ines, role="buyer")
    assert membership_of(hugo, martins).ended_at is None
