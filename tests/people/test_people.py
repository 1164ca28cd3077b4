"""The page that shows who belongs to the customer."""

import datetime

import pytest

from carnet.kernel import clock
from tests.factories.people import invited, make_member, make_person, signed_in
from tests.words import french_on_page

PAGE = "/my/people/"
WEEK = datetime.timedelta(days=7)


def words(person):
    return signed_in(person).get(PAGE).content.decode()


def test_a_holder_sees_everybody(martins, claire, hugo, robledo):
    shown = words(claire)
    assert [name in shown for name in ("claire@example.org", "hugo@example.org", "ines@example.org")] == [
        True,
        True,
        False,
    ]
    assert french_on_page("Invite someone") in shown


@pytest.mark.parametrize("role", ["member", "buyer"])
def test_others_see_themselves(martins, claire, role):
    lea = make_person("Léa Morel", email="lea@example.org", language="en")
    make_member(martins, lea, role=role)
    shown = words(lea)
    assert ("lea@example.org" in shown, "claire@example.org" in shown, "Invite someone" in shown) == (
        True,
        False,
        False,
    )


def test_invitations_with_their_state_and_end(martins, claire, hugo):
    invited(martins, "new@example.org", at=clock.now())
    invited(martins, "old@example.org", at=clock.now() - 2 * WEEK)
    response = signed_in(claire).get(PAGE)
    assert [(one.invitation.email, one.standing) for one in response.context["invitations"]] == [
        ("new@example.org", "open"),
        ("old@example.org", "expired"),
    ]
    assert all(one.invitation.email in response.content.decode() for one in response.context["invitations"])


def test_one_row_or_three_cost_the_same(martins, claire, django_assert_num_queries):
    browser = signed_in(claire)
    browser.get(PAGE)
    with django_assert_num_queries(5):
        browser.get(PAGE)
    for number in range(2):
        make_member(martins, make_person(f"Person {number}"))
        invited(martins, f"p{number}@example.org", at=clock.now())
    with django_assert_num_queries(5):
        browser.get(PAGE)


def test_who_belongs_to_no_customer_finds_no_page(client, awa, db):
    assert signed_in(awa).get(PAGE).status_code == 404
    assert signed_in(make_person()).get(PAGE).status_code == 404
    assert client.get(PAGE).headers["Location"] == "/fr/account/login/?next=/my/people/"


def test_it_is_only_read(claire):
    assert signed_in(claire).post(PAGE).status_code == 405


def test_names_are_shown_as_text(martins, claire):
    make_member(martins, make_person("<script>alert(1)</script>"))
    assert "<script>alert" not in words(claire)
