import pytest

from carnet.audit.models import Entry
from carnet.tickets.actions import ratings
from carnet.tickets.models import Rating, RatingChange
from tests.factories.people import signed_in
from tests.factories.tickets import answer, close, give_tokens, make_ticket, moment


@pytest.fixture
def ticket(martins, hugo, awa):
    give_tokens(martins)
    ticket = make_ticket(hugo)
    answer(ticket, awa, at=moment(10), should_solve=True)
    return close(ticket, at=moment(20))


def rate(ticket, person, score=5, *, at=None, comment="", may_publish=False):
    return ratings.rate_ticket(
        ticket=ticket, score=score, comment=comment, may_publish=may_publish, by=person.as_actor(), at=at or moment(30)
    )


def test_M4_by_who_asked(ticket, hugo):
    rating = rate(ticket, hugo, 4, comment=" Quick! ", may_publish=True)
    assert (rating.score, rating.comment, rating.may_publish) == (4, "Quick!", True)
    assert (rating.first_at, rating.changed_at) == (moment(30), moment(30))
    entry = Entry.objects.get(code="ticket.rated")
    assert (entry.actor_id, entry.details) == (hugo.pk, {"score": 4, "may_publish": True})


def test_M4_changed_within_14_days_in_the_month_first_given(ticket, hugo):
    rate(ticket, hugo, 2)
    rate(ticket, hugo, 4, at=moment(0, days=14))
    rating = Rating.objects.get()
    assert (rating.score, rating.first_at, rating.changed_at) == (4, moment(30), moment(0, days=14))
    assert list(RatingChange.objects.order_by("pk").values_list("score", flat=True)) == [2, 4]
    with pytest.raises(ratings.RatingTooLate):
        rate(ticket, hugo, 5, at=moment(0, days=15))


def test_the_same_score_again_is_no_change_of_it(ticket, hugo):
    rate(ticket, hugo, 4)
    rate(ticket, hugo, 4, comment="Still", at=moment(40))
    assert (RatingChange.objects.count(), Rating.objects.get().comment) == (1, "Still")


@pytest.mark.parametrize("score", [0, 6])
def test_one_to_five(ticket, hugo, score):
    with pytest.raises(ratings.ScoreOutOfRange):
        rate(ticket, hugo, score)


def test_nobody_else_rates(ticket, claire, awa):
    for person in (claire, awa):
        with pytest.raises(ratings.NotYours):
            rate(ticket, person)


def test_nothing_to_rate(martins, claire):
    give_tokens(martins)
    ticket = make_ticket(claire)
    with pytest.raises(ratings.NothingToRate):
        rate(ticket, claire)
    close(ticket, at=moment(5))
    with pytest.raises(ratings.NothingToRate):
        rate(ticket, claire)


def test_a_look_never_rates(ticket, hugo):
    browser = signed_in(hugo)
    assert browser.get(f"/my/tickets/{ticket.pk}/?score=1").status_code == 200
    assert browser.get(f"/my/tickets/{ticket.pk}/rate/?score=1").status_code == 302
    assert Rating.objects.count() == 0


def test_through_the_page(ticket, hugo):
    form, browser = {"score": "5", "comment": "Très bien 👍", "may_publish": "on"}, signed_in(hugo)
    for _click in range(2):
        response = browser.post(f"/my/tickets/{ticket.pk}/rate/", form)
        assert response["Location"] == f"/my/tickets/{ticket.pk}/"
    rating = Rating.objects.get()
    assert (rating.score, rating.comment, rating.may_publish) == (5, "Très bien 👍", True)
    assert RatingChange.objects.count() == 1
    assert "Très bien 👍" in browser.get(f"/my/tickets/{ticket.pk}/").content.decode()


@pytest.mark.parametrize("score", ["", "6", "five"])
def test_what_is_no_score_keeps_the_comment(ticket, hugo, score):
    response = signed_in(hugo).post(f"/my/tickets/{ticket.pk}/rate/", {"score": score, "comment": "Kept words"})
    assert response.status_code == 422
    assert "Kept words" in response.content.decode()


def test_too_late_the_page_says_so(ticket, hugo):
    rate(ticket, hugo, at=moment(0, days=-20))
    response = signed_in(hugo).post(f"/my/tickets/{ticket.pk}/rate/", {"score": "1"})
    assert response.status_code == 422
    assert Rating.objects.get().score == 5


def test_who_may(ticket, claire, ines, awa, client):
    address = f"/my/tickets/{ticket.pk}/rate/"
    assert [signed_in(one).post(address, {"score": "1"}).status_code for one in (claire, ines, awa)] == [404, 404, 404]
    assert client.post(address).status_code == 302
