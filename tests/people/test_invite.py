import datetime

import pytest

from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.people.actions import customers, invitations
from carnet.people.models import Invitation, Membership
from tests.factories.people import BEGAN, invited, make_member, membership_of, signed_in
from tests.words import french

DAY = datetime.timedelta(days=1)


def invite(martins, by, email="Lea@Example.org", **more):
    given = {"role": "member", "language": "en", "at": BEGAN, "key": "a" * 32}
    return invitations.invite(customer=martins, email=email, by=by.as_actor(), **{**given, **more})


def test_an_invitation_leaves_by_mail(martins, claire):
    invitation = invite(martins, claire)
    assert (invitation.email, invitation.role, invitation.invited_by) == ("lea@example.org", "member", claire)
    # Sent on Monday 11 January: it ends when seven days have passed on the calendar of Paris.
    assert invitation.expires_at == datetime.datetime(2027, 1, 17, 23, 0, tzinfo=datetime.UTC)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.language, mail.queued_at) == ("people/invitation", "lea@example.org", "en", BEGAN)
    assert mail.subject == "Claire Martin has invited you to join “Famille Martin”"
    assert "17\u00a0January 2027" in mail.text
    assert list(Entry.objects.filter(code="invitation.sent").values_list("customer_id", "subject_id", "details")) == [
        (martins.pk, invitation.pk, {"role": "member"})
    ]


def test_the_database_holds_no_secret(martins, claire):
    secret = invited(martins, "lea@example.org")
    assert len(secret) == 43
    assert secret not in str(list(Invitation.objects.values()))


def test_the_same_form_twice_invites_once(martins, claire):
    first, second = invite(martins, claire), invite(martins, claire)
    assert first == second
    assert (Invitation.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_inviting_again_ends_the_invitation_before(martins, claire):
    first, second = invite(martins, claire), invite(martins, claire, key="b" * 32, at=BEGAN + DAY)
    first.refresh_from_db()
    assert (first.withdrawn_at, second.withdrawn_at) == (BEGAN + DAY, None)
    assert OutgoingMail.objects.count() == 2


def test_a_member_needs_no_invitation(martins, claire, hugo):
    with pytest.raises(invitations.AlreadyMember) as refused:
        invite(martins, claire, "HUGO@example.org")
    assert refused.value.values == {"email": "hugo@example.org"}


def test_who_was_removed_may_be_invited_again(martins, claire, hugo):
    customers.remove_member(membership_of(hugo, martins), by=claire.as_actor(), at=BEGAN)
    assert invite(martins, claire, "hugo@example.org").email == "hugo@example.org"


def test_only_a_holder_invites(martins, hugo, ines):
    for person in (hugo, ines):
        with pytest.raises(customers.NotHolder):
            invite(martins, person)
    assert Invitation.objects.count() == 0


def test_the_team_may_invite_for_a_customer(martins, awa):
    assert invite(martins, awa).invited_by == awa


def test_a_hundred_a_day(martins, claire):
    invite(martins, claire)
    for number in range(99):
        Invitation.objects.create(
            customer=martins,
            email=f"p{number}@example.org",
            role="member",
            language="fr",
            secret_digest=f"{number:064d}",
            key=f"{number:032d}",
            invited_by=claire,
            created_at=BEGAN,
            expires_at=BEGAN + DAY,
        )
    with pytest.raises(invitations.TooManyInvitations) as refused:
        invite(martins, claire, "one@more.example.org", key="c" * 32)
    assert refused.value.values == {"limit": 100}
    # Half past midnight in Paris is another day.
    tomorrow = datetime.datetime(2027, 1, 11, 23, 30, tzinfo=datetime.UTC)
    assert invite(martins, claire, "one@more.example.org", key="d" * 32, at=tomorrow).created_at == tomorrow


# The page


FORM = {"email": "lea@example.org", "role": "buyer", "language": "es", "key": "a" * 32}


def test_a_holder_invites_on_the_page(martins, claire):
    response = signed_in(claire).post("/my/people/invite/", FORM, follow=True)
    assert response.redirect_chain == [("/my/people/", 302)]
    assert "lea@example.org" in response.content.decode()
    invitation = Invitation.objects.get()
    assert (invitation.customer, invitation.role, invitation.language) == (martins, "buyer", "es")
    assert "/es/invitation/" in OutgoingMail.objects.get().text


def test_what_was_typed_is_kept(martins, claire, hugo):
    response = signed_in(claire).post("/my/people/invite/", {**FORM, "email": "hugo@example.org"})
    assert response.status_code == 200
    form = response.context["form"]
    assert form.errors == {"email": [french("%(email)s already belongs to this account.", email="hugo@example.org")]}
    assert (form["email"].value(), form["role"].value()) == ("hugo@example.org", "buyer")


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "x" * 100_000 + "@example.org", "x" * 300 + "@example.org"])
def test_an_address_that_is_none(martins, claire, email):
    response = signed_in(claire).post("/my/people/invite/", {**FORM, "email": email})
    assert (response.status_code, list(response.context["form"].errors)) == (200, ["email"])
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize("role", ["", "owner", "holder\0x"])
def test_a_role_that_is_none(martins, claire, role):
    response = signed_in(claire).post("/my/people/invite/", {**FORM, "role": role})
    assert (response.status_code, list(response.context["form"].errors)) == (200, ["role"])


def test_who_may_not_invite_finds_no_page(martins, hugo, ines, awa):
    assert [signed_in(one).post("/my/people/invite/", FORM).status_code for one in (hugo, awa)] == [404, 404]
    make_member(martins, ines, role=Membership.Role.BUYER)
    assert Invitation.objects.count() == 0


def test_a_visitor_is_asked_to_sign_in(client, martins):
    assert client.post("/my/people/invite/", FORM).headers["Location"] == "/fr/account/login/?next=/my/people/invite/"


def test_inviting_is_a_post(martins, claire):
    assert signed_in(claire).get("/my/people/invite/").status_code == 302
