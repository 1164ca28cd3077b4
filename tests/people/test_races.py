"""Two at the same moment: one of them wins, on both databases."""

import datetime
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from carnet.kernel.refused import Refused
from carnet.people import queries
from carnet.people.actions import customers, invitations, persons
from carnet.people.models import Invitation, Membership, Person
from tests.factories.people import BEGAN, invited, make_customer, make_member, make_person, membership_of

pytestmark = pytest.mark.django_db(transaction=True)
LATER = BEGAN + datetime.timedelta(hours=1)
TAKERS = 4


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each returned, or the class of its refusal."""

    def run(work: Callable[[], object]) -> object:
        try:
            return work()
        except Refused as refused:
            return type(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.fixture
def home(transactional_db):
    return make_customer(make_person("Claire Martin", email="claire@example.org"), "Famille Martin")


def test_P1_accepting_at_once_makes_one_membership(home):
    lea = make_person("Léa Morel", email="lea@example.org")
    secret = invited(home, "lea@example.org")
    joined = at_once(*[lambda: invitations.accept_invitation(secret=secret, person=lea, at=LATER).pk] * TAKERS)
    assert joined == [membership_of(lea, home).pk] * TAKERS


def test_somebody_new_who_presses_the_button_often(home):
    secret = invited(home, "lea@example.org")
    given: dict[str, Any] = {
        "secret": secret,
        "name": "Léa",
        "language": "fr",
        "password": "the tall garden gate",
        "at": LATER,
    }
    answers = at_once(*[lambda: invitations.join_by_invitation(**given).pk] * TAKERS)
    assert sorted(answers, key=str)[1:] == [invitations.InvitationUsed] * (TAKERS - 1)
    assert Membership.objects.filter(customer=home).count() == 2
    assert Person.objects.filter(email="lea@example.org").count() == 1


def test_signing_up_at_once_makes_one_person(transactional_db):
    def sign_up():
        given: dict[str, Any] = {
            "name": "Léa",
            "kind": "household",
            "customer_name": "",
            "language": "fr",
            "password": "x",
        }
        return persons.sign_up(email="lea@example.org", at=BEGAN, **given).pk

    answers = at_once(*[sign_up] * TAKERS)
    assert sorted(answers, key=str)[1:] == [persons.AddressTaken] * (TAKERS - 1)
    assert Person.objects.count() == 1


def test_two_holders_who_remove_each_other(home):
    claire, hugo = queries.holders_of(home)[0], make_person("Hugo Martin")
    hers, his = membership_of(claire, home), make_member(home, hugo, role="holder")
    answers = at_once(
        lambda: customers.remove_member(his, by=claire.as_actor(), at=LATER).pk,
        lambda: customers.remove_member(hers, by=hugo.as_actor(), at=LATER).pk,
    )
    assert customers.NotHolder in answers
    assert len(queries.holders_of(home)) == 1


def test_two_holders_who_leave(home):
    claire, hugo = queries.holders_of(home)[0], make_person("Hugo Martin")
    hers, his = membership_of(claire, home), make_member(home, hugo, role="holder")
    answers = at_once(
        lambda: customers.change_role(hers, role="member", by=claire.as_actor(), at=LATER).pk,
        lambda: customers.remove_member(his, by=hugo.as_actor(), at=LATER).pk,
    )
    assert customers.LastHolder in answers
    assert len(queries.holders_of(home)) == 1


def test_inviting_at_once_leaves_one_open(home):
    by = queries.holders_of(home)[0].as_actor()

    def invite(key):
        given: dict[str, Any] = {"role": "member", "language": "fr", "by": by, "at": BEGAN}
        return invitations.invite(customer=home, email="lea@example.org", key=key, **given).pk

    at_once(*[lambda key=key: invite(key) for key in ("a" * 32, "b" * 32, "a" * 32)])
    assert Invitation.objects.unanswered().count() == 1
    assert Invitation.objects.count() == 2
