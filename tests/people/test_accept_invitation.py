import datetime

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from carnet.audit.models import Entry
from carnet.kernel import clock
from carnet.people import queries
from carnet.people.actions import customers, invitations, persons
from carnet.people.models import Invitation, Membership, Person
from tests.factories.people import BEGAN, TEST, invited, make_member, make_person, membership_of, signed_in

LATER = BEGAN + datetime.timedelta(hours=1)
WEEK = datetime.timedelta(days=7)


@pytest.fixture
def lea(db):
    return make_person("Léa Morel", email="lea@example.org")


def accept(secret, person, at=LATER):
    return invitations.accept_invitation(secret=secret, person=person, at=at)


def test_the_invited_person_joins(martins, claire, lea):
    membership = accept(invited(martins, "LEA@example.org", role="buyer"), lea)
    assert (membership.customer, membership.person, membership.role) == (martins, lea, "buyer")
    assert (membership.since_at, membership.holder_reads) == (LATER, False)
    invitation = Invitation.objects.get()
    assert (invitation.accepted_at, invitation.accepted_by) == (LATER, lea)
    assert list(Entry.objects.filter(at=LATER).order_by("pk").values_list("code", "actor_id", "customer_id")) == [
        ("invitation.accepted", lea.pk, martins.pk),
        ("member.joined", lea.pk, martins.pk),
    ]


def test_accepting_twice_changes_nothing_more(martins, lea):
    secret = invited(martins, "lea@example.org")
    assert accept(secret, lea) == accept(secret, lea)
    assert Membership.objects.filter(person=lea).count() == 1


def test_P1_the_link_forwarded_to_a_stranger(martins, lea, ines):
    secret = invited(martins, "lea@example.org")
    with pytest.raises(invitations.InvitationForeign):
        accept(secret, ines)
    assert accept(secret, lea).person == lea


def test_the_address_has_to_be_confirmed(martins):
    secret = invited(martins, "lea@example.org")
    unproved = persons.create_person(email="lea@example.org", name="Léa", language="fr", by=TEST, at=BEGAN)
    with pytest.raises(invitations.InvitationForeign):
        accept(secret, unproved)


def test_a_link_that_is_none(lea):
    with pytest.raises(invitations.InvitationUnknown):
        accept("nothing", lea)


def test_a_used_link(martins, claire, lea):
    secret = invited(martins, "lea@example.org")
    membership = accept(secret, lea)
    customers.remove_member(membership, by=claire.as_actor(), at=LATER)
    with pytest.raises(invitations.InvitationUsed):
        accept(secret, lea)


def test_a_withdrawn_link(martins, claire, lea):
    secret = invited(martins, "lea@example.org")
    invitations.withdraw_invitation(Invitation.objects.get(), by=claire.as_actor(), at=LATER)
    with pytest.raises(invitations.InvitationWithdrawn):
        accept(secret, lea)


def test_P1_an_invitation_ends_after_7_days(martins, lea):
    secret = invited(martins, "lea@example.org")
    end = Invitation.objects.get().expires_at
    with pytest.raises(invitations.InvitationExpired):
        accept(secret, lea, at=end)
    assert accept(secret, lea, at=end - datetime.timedelta(microseconds=1)).person == lea


def test_who_joined_meanwhile_stays_as_they_are(martins, lea):
    secret = invited(martins, "lea@example.org", role="holder")
    present = make_member(martins, lea)
    assert accept(secret, lea) == present
    assert membership_of(lea, martins).role == "member"


def test_who_comes_back_keeps_their_word_on_reading(martins, claire, hugo):
    before = membership_of(hugo, martins)
    customers.let_holder_read(before, allowed=True, by=hugo.as_actor(), at=BEGAN)
    customers.remove_member(before, by=claire.as_actor(), at=BEGAN)
    again = accept(invited(martins, "hugo@example.org"), hugo)
    assert (again.pk != before.pk, again.holder_reads) == (True, True)


# Somebody new


def join(secret, **more):
    given = {"name": "Léa Morel", "language": "en", "password": "the tall garden gate", "at": LATER}
    return invitations.join_by_invitation(secret=secret, **{**given, **more})


def test_somebody_new_joins_with_the_invited_address(martins):
    membership = join(invited(martins, "lea@example.org"))
    person = membership.person
    assert (person.email, person.name, person.language) == ("lea@example.org", "Léa Morel", "en")
    assert queries.person_with_address("lea@example.org") == person
    assert person.check_password("the tall garden gate")
    assert (membership.customer, membership.role) == (martins, "member")


def test_who_typed_the_address_before_and_never_confirmed_it_is_taken_over(martins):
    unproved = persons.sign_up(
        email="lea@example.org",
        name="Somebody",
        kind="company",
        customer_name="Somebody's",
        language="fr",
        password="chosen by somebody",
        at=BEGAN,
    )
    person = join(invited(martins, "lea@example.org")).person
    assert (person.pk, person.name) == (unproved.pk, "Léa Morel")
    assert not person.check_password("chosen by somebody")
    assert persons.confirm_sign_up(person=person, at=LATER) is None


def test_an_address_with_a_person_has_to_sign_in(martins, lea):
    with pytest.raises(persons.AddressTaken):
        join(invited(martins, "lea@example.org"))
    assert Invitation.objects.get().accepted_at is None


def test_somebody_new_with_a_link_that_no_longer_works(martins, claire):
    secret = invited(martins, "lea@example.org")
    invitations.withdraw_invitation(Invitation.objects.get(), by=claire.as_actor(), at=LATER)
    with pytest.raises(invitations.InvitationWithdrawn):
        join(secret)
    assert not Person.objects.filter(email="lea@example.org").exists()


# The page


def page(secret):
    return f"/en/invitation/{secret}/"


def words(response):
    return response.content.decode()


def test_the_page_asks_before_it_does_anything(martins, lea):
    secret = invited(martins, "lea@example.org", at=clock.now())
    response = signed_in(lea).get(page(secret))
    assert response.status_code == 200
    assert "Famille Martin" in words(response)
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in response.headers["Cache-Control"]
    assert Invitation.objects.get().accepted_at is None


def test_accepting_on_the_page(martins, lea):
    secret = invited(martins, "lea@example.org", at=clock.now())
    browser = signed_in(lea)
    response = browser.post(page(secret))
    assert response.status_code == 302
    membership = membership_of(lea, martins)
    assert browser.session["membership"] == membership.pk
    # The link once more, and the button once more, lead to where one is at home.
    assert [browser.get(page(secret)).status_code, browser.post(page(secret)).status_code] == [302, 302]


def test_P1_a_stranger_learns_nothing(martins, lea, ines):
    secret = invited(martins, "lea@example.org", at=clock.now())
    for response in (signed_in(ines).get(page(secret)), signed_in(ines).post(page(secret))):
        assert response.status_code == 403
        assert "This invitation was sent to another address." in words(response)
        assert not any(word in words(response) for word in ("Martin", "Claire", "lea@example.org"))
    assert queries.memberships_of(martins)[0].person != ines


def test_a_visitor_with_an_account_is_asked_to_sign_in(client, martins, lea):
    secret = invited(martins, "lea@example.org", at=clock.now())
    for response in (client.get(page(secret)), client.post(page(secret), {"name": "X", "password": "y"})):
        assert response.status_code == 200
        assert f"/en/account/login/?next=/en/invitation/{secret}/" in words(response)
        assert "Martin" not in words(response)


def test_a_visitor_without_an_account_joins(client, martins):
    secret = invited(martins, "lea@example.org", role="holder", at=clock.now())
    first = client.get(page(secret))
    assert "lea@example.org" in words(first)
    assert "Martin" not in words(first)
    response = client.post(page(secret), {"name": "Léa Morel", "password": "the tall garden gate"})
    assert response.status_code == 302
    person = queries.person_with_address("lea@example.org")
    assert person is not None
    assert int(client.session["_auth_user_id"]) == person.pk
    assert (person.language, membership_of(person, martins).role) == ("en", "holder")


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"name": "", "password": "the tall garden gate"}, ["name"]),
        ({"name": "Léa", "password": "short"}, ["password"]),
        ({"name": "Léa", "password": "password123"}, ["password"]),
        ({"name": "Léa", "password": "lea@example.org"}, ["password"]),
        ({"name": "L" * 100_000, "password": ""}, ["name", "password"]),
    ],
)
def test_what_a_visitor_typed_is_kept(client, martins, typed, wrong):
    secret = invited(martins, "lea@example.org", at=clock.now())
    response = client.post(page(secret), typed)
    assert response.status_code == 200
    assert sorted(response.context["form"].errors) == wrong
    assert response.context["form"]["name"].value() == typed["name"]
    assert not Person.objects.filter(email="lea@example.org").exists()


@pytest.mark.parametrize("name", ["\u202eanna\u202c", "🙂 Léa", "Ле́я", "Léa\0Morel"])
def test_case_V2_names_of_all_kinds(client, martins, name):
    secret = invited(martins, "lea@example.org", at=clock.now())
    client.post(page(secret), {"name": name, "password": "the tall garden gate"})
    assert queries.person_with_address("lea@example.org").name == name.translate({0: None, 0x202C: None, 0x202E: None})


def test_links_that_no_longer_work_say_so(client, martins, claire, lea):
    unknown = client.get(page("nothing"))
    assert (unknown.status_code, "This link leads to no invitation." in words(unknown)) == (404, True)
    expired = client.get(page(invited(martins, "a@example.org", at=clock.now() - 2 * WEEK)))
    assert (expired.status_code, "This invitation has expired" in words(expired)) == (410, True)
    secret = invited(martins, "b@example.org", at=clock.now())
    invited(martins, "b@example.org", at=clock.now())
    older = client.get(page(secret))
    assert (older.status_code, "a newer one was sent" in words(older)) == (410, True)
    secret = invited(martins, "lea@example.org", at=clock.now())
    accept(secret, lea, at=clock.now())
    used = client.get(page(secret))
    assert (used.status_code, "it works only once" in words(used)) == (410, True)


def test_another_method_is_refused(client, martins):
    assert client.put(page("x")).status_code == 405


def test_a_link_with_nul_leads_nowhere():
    assert Client().get("/en/invitation/%00/").status_code == 404


def test_P1_sent_again_with_another_password_signs_nobody_in(martins, client):
    cache.clear()
    page = f"/en/invitation/{invited(martins, 'lea@example.org')}/"
    with time_machine.travel(BEGAN, tick=False):
        assert client.post(page, {"name": "Léa", "password": "the tall garden gate"}).status_code == 302
        for password in ("the tall garden fence", "short", ""):
            stranger = Client()
            assert stranger.post(page, {"name": "Léa", "password": password}).status_code == 410
            assert "_auth_user_id" not in stranger.session
        tried_often = [Client().post(page, {"name": "Léa", "password": f"the tall garden {n}"}) for n in range(9)]
        assert {response.status_code for response in tried_often} == {410}
        assert Client().post(page, {"name": "Léa", "password": "the tall garden gate"}).status_code == 410
