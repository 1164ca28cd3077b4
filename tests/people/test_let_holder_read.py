import pytest

from carnet.audit.models import Entry
from carnet.people.actions import customers
from carnet.people.models import Membership
from tests.factories.people import BEGAN, make_member, membership_of, signed_in


def test_P2_the_person_lets_holders_read(martins, hugo):
    membership = membership_of(hugo, martins)
    assert customers.let_holder_read(membership, allowed=True, by=hugo.as_actor(), at=BEGAN).holder_reads is True
    assert membership_of(hugo, martins).holder_reads is True
    assert list(Entry.objects.filter(code="holder_reading.changed").values_list("actor_id", "details")) == [
        (hugo.pk, {"allowed": True})
    ]


def test_the_same_word_is_noted_once(martins, hugo):
    for _time in range(2):
        customers.let_holder_read(membership_of(hugo, martins), allowed=True, by=hugo.as_actor(), at=BEGAN)
    assert Entry.objects.filter(code="holder_reading.changed").count() == 1


def test_it_counts_for_earlier_stays_too(martins, claire, hugo):
    earlier = membership_of(hugo, martins)
    customers.let_holder_read(earlier, allowed=True, by=hugo.as_actor(), at=BEGAN)
    customers.remove_member(earlier, by=claire.as_actor(), at=BEGAN)
    now = make_member(martins, hugo, holder_reads=True)
    customers.let_holder_read(now, allowed=False, by=hugo.as_actor(), at=BEGAN)
    assert set(Membership.objects.filter(person=hugo).values_list("holder_reads", flat=True)) == {False}


def test_nobody_says_it_for_another(martins, claire, hugo):
    with pytest.raises(AssertionError):
        customers.let_holder_read(membership_of(hugo, martins), allowed=True, by=claire.as_actor(), at=BEGAN)


@pytest.mark.parametrize(("typed", "reads"), [({"allowed": "yes"}, True), ({}, False)])
def test_on_the_page(martins, hugo, typed, reads):
    Membership.objects.filter(person=hugo).update(holder_reads=not reads)
    assert signed_in(hugo).post("/my/profile/holder-reading/", typed).headers["Location"] == "/my/profile/"
    assert membership_of(hugo, martins).holder_reads is reads


def test_it_is_a_post_for_customers(martins, hugo, awa, client):
    path = "/my/profile/holder-reading/"
    assert [signed_in(hugo).get(path).status_code, signed_in(awa).post(path).status_code] == [302, 404]
    assert client.post(path).status_code == 302
