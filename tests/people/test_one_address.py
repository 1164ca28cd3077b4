"""Cases A1, A2: an address is the same person however it is written, wherever it is typed."""

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from carnet.audit.actors import VISITOR
from carnet.mail.models import OutgoingMail
from carnet.people import queries, rules
from carnet.people.actions import persons
from carnet.people.models import Invitation, Person
from carnet.tickets.models import ContactMessage, FirstQuestion
from tests.factories.people import BEGAN, make_person, signed_in
from tests.factories.tickets import contact_message, form_key
from tests.tickets.test_ask_first_question import sent

pytestmark = pytest.mark.django_db
STORED = "rt.un@société.fr"
WRITTEN = [
    "rt.un@société.fr",
    "RT.UN@Socie\u0301te\u0301.fr",
    "rt.un@xn--socit-esab.fr",
    "\u200brt.un@société.fr",
    " rt.un@SOCIÉTÉ.FR\u200e ",
]


@pytest.fixture(autouse=True)
def _nothing_was_tried_before() -> None:
    cache.clear()


@pytest.mark.parametrize("written", WRITTEN)
def test_case_A1_one_person_for_one_address(written: str) -> None:
    person = make_person("Réal", email=STORED)
    assert queries.person_with_address(written) == person
    assert Person.objects.get_by_natural_key(written) == person
    with pytest.raises(persons.AddressTaken):
        persons.create_person(email=written, name="X", language="fr", by=VISITOR, at=BEGAN, verified=True)


@pytest.mark.parametrize("written", WRITTEN)
def test_case_A1_signing_up_and_in(written: str) -> None:
    sent = {"name": "Réal", "kind": "household", "email": written, "password1": "the tall garden gate"}
    assert Client().post("/en/account/signup/", sent).status_code == 302
    assert Person.objects.get().email == EmailAddress.objects.get().email == STORED
    assert OutgoingMail.objects.get().to == STORED
    EmailAddress.objects.update(verified=True)
    for once_more in WRITTEN:
        browser = Client()
        given = {"login": once_more, "password": "the tall garden gate"}
        assert browser.post("/en/account/login/", given).status_code == 302
        assert "_auth_user_id" in browser.session


@pytest.mark.parametrize("written", WRITTEN)
def test_case_A2_the_first_question_takes_it(written: str) -> None:
    assert Client().post("/en/try/", sent(email=written)).status_code == 302
    assert FirstQuestion.objects.get().email == STORED


def test_case_A1_the_limit_of_an_hour_counts_one_address() -> None:
    for written in (WRITTEN * 2)[:5]:
        assert Client().post("/en/try/", sent(email=written)).status_code == 302
    page = Client().post("/en/try/", sent(email=WRITTEN[2])).content.decode()
    assert "Too many questions have come from this address" in page


def test_case_A1_free_minutes_once() -> None:
    assert {rules.normalised_email(written) for written in WRITTEN} == {STORED}


@pytest.mark.parametrize("written", WRITTEN)
def test_case_A1_an_invitation_finds_its_person(written: str, claire: Person) -> None:
    page = {"email": written, "role": "member", "language": "fr", "key": form_key()}
    assert signed_in(claire).post("/my/people/invite/", page).status_code == 302
    assert Invitation.objects.get().email == STORED


@pytest.mark.parametrize("written", WRITTEN)
def test_case_A1_a_contact_message(written: str) -> None:
    contact_message(written)
    assert ContactMessage.objects.get().email == STORED


@pytest.mark.parametrize("written", WRITTEN)
def test_case_A1_an_owner_is_made_once(written: str) -> None:
    person = make_person("Réal", email=STORED)
    call_command("create_owner", written, name="Réal")
    person.refresh_from_db()
    assert (person.is_owner, Person.objects.count()) == (True, 1)
