from carnet.tickets.actions import work
from carnet.work.models import RunningWork
from tests.factories.people import signed_in
from tests.factories.tickets import give_tokens, make_ticket, moment


def test_T17_it_is_kept_beside_the_clock(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire)
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(50))
    response = signed_in(awa).post("/desk/clock/")
    assert response.status_code == 200
    assert "10:00" in response.content.decode()
    assert RunningWork.objects.get().last_sign_at == moment(60)
    assert work.sign_of_life(by=awa.as_actor(), at=moment(40)).last_sign_at == moment(60)


def test_without_a_clock_nothing_happens(awa):
    assert signed_in(awa).post("/desk/clock/").status_code == 200
    assert work.sign_of_life(by=awa.as_actor(), at=moment()) is None


def test_who_may(claire, client, awa):
    assert signed_in(claire).post("/desk/clock/").status_code == 404
    assert client.post("/desk/clock/").status_code == 302
    assert signed_in(awa).get("/desk/clock/").status_code == 302
