import pytest

from carnet.tickets.models import Draft
from tests.factories.people import signed_in
from tests.factories.tickets import give_tokens, in_english, make_ticket, moment


@pytest.fixture
def ticket(martins, claire):
    give_tokens(martins)
    return make_ticket(claire)


def type_in(ticket, agent, text):
    return signed_in(agent).post(f"/desk/tickets/{ticket.pk}/draft/", {"text": text})


def test_it_is_there_again(ticket, awa, odile):
    assert type_in(ticket, awa, "Dear").status_code == 204
    assert type_in(ticket, awa, "Dear Claire, مرحبا 🖨").content == b""
    draft = Draft.objects.get()
    assert (draft.agent, draft.text, draft.at) == (awa, "Dear Claire, مرحبا 🖨", moment(60))
    page = signed_in(awa).get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "Dear Claire, مرحبا 🖨</textarea>" in page
    page = in_english(odile).get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "Dear Claire" not in page
    assert "Awa Diallo is also writing" in page


def test_nothing_typed_keeps_none(ticket, awa):
    type_in(ticket, awa, "Dear")
    type_in(ticket, awa, "  ")
    assert Draft.objects.count() == 0


def test_one_for_each_agent_and_no_longer_than_a_message(ticket, awa, odile):
    type_in(ticket, awa, "a" * 60_000)
    type_in(ticket, odile, "b")
    assert [len(draft.text) for draft in Draft.objects.order_by("pk")] == [50_000, 1]


def test_who_may(ticket, claire, ines, awa, client):
    assert [type_in(ticket, person, "x").status_code for person in (claire, ines, awa)] == [404, 404, 204]
    assert client.post(f"/desk/tickets/{ticket.pk}/draft/").status_code == 302
    assert signed_in(awa).get(f"/desk/tickets/{ticket.pk}/draft/").status_code == 405
    assert signed_in(awa).post("/desk/tickets/999/draft/").status_code == 404
