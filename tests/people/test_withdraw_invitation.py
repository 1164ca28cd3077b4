import pytest

from carnet.audit.models import Entry
from carnet.people.actions import customers, invitations
from carnet.people.models import Invitation
from tests.factories.people import BEGAN, invited, make_person, signed_in
from tests.words import french_on_page


@pytest.fixture
def invitation(martins):
    invited(martins, "lea@example.org")
    return Invitation.objects.get()


def test_a_holder_withdraws_an_invitation(invitation, claire):
    withdrawn = invitations.withdraw_invitation(invitation, by=claire.as_actor(), at=BEGAN)
    assert withdrawn.withdrawn_at == BEGAN
    assert Entry.objects.last().code == "invitation.withdrawn"


def test_once(invitation, claire):
    for _time in range(2):
        invitations.withdraw_invitation(invitation, by=claire.as_actor(), at=BEGAN)
    assert Entry.objects.filter(code="invitation.withdrawn").count() == 1


def test_not_by_others(invitation, hugo, ines):
    for person in (hugo, ines):
        with pytest.raises(customers.NotHolder):
            invitations.withdraw_invitation(invitation, by=person.as_actor(), at=BEGAN)


def test_not_when_it_was_accepted(martins, claire):
    secret = invited(martins, "lea@example.org")
    invitations.accept_invitation(secret=secret, person=make_person(email="lea@example.org"), at=BEGAN)
    with pytest.raises(invitations.InvitationUsed):
        invitations.withdraw_invitation(Invitation.objects.get(), by=claire.as_actor(), at=BEGAN)


def test_on_the_page(invitation, claire, hugo, ines, awa):
    path = f"/my/people/invitations/{invitation.pk}/withdraw/"
    assert [signed_in(one).post(path).status_code for one in (hugo, ines, awa)] == [404, 404, 404]
    assert signed_in(claire).get(path).status_code == 302
    assert signed_in(claire).post(path).headers["Location"] == "/my/people/"
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is not None
    assert signed_in(claire).post("/my/people/invitations/99999/withdraw/").status_code == 404


def test_an_accepted_one_on_the_page_says_why(martins, claire):
    secret = invited(martins, "lea@example.org")
    invitations.accept_invitation(secret=secret, person=make_person(email="lea@example.org"), at=BEGAN)
    path = f"/my/people/invitations/{Invitation.objects.get().pk}/withdraw/"
    sentence = french_on_page("This invitation has already been accepted; it works only once. Sign in to continue.")
    assert sentence in signed_in(claire).post(path, follow=True).content.decode()
