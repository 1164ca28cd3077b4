"""T14: what waits is covered again once less was used than is paid."""

import pytest

from carnet.audit.models import Entry
from carnet.work.actions import covers
from tests.factories.ledger import TEST, moment, sell
from tests.factories.work import case_of, end, extend, open_cover, worked

LATER = "2027-01-11 13:00"


@pytest.fixture
def waiting(martins, claire):
    sell(martins, 1)
    return extend(open_cover(martins, claire), at="2027-01-11 12:40")


def resume(cover, used_minutes):
    with case_of(cover) as case:
        covers.resume(case, used_seconds=used_minutes * 60, by=TEST, at=moment(LATER))
    return case.cover


def test_case_J7_it_is_covered_again_at_once(waiting):
    cover = resume(waiting, 10)
    assert (cover.state, cover.covered_at, cover.waiting_since, cover.waits_for) == (
        "covered", moment(LATER), None, "",
    )  # fmt: skip
    assert Entry.objects.get(code="cover.resumed").details["used_seconds"] == 600


def test_not_while_all_of_it_is_used_and_not_twice(waiting):
    assert resume(waiting, 30).state == "waiting"
    resume(waiting, 10)
    assert resume(waiting, 10).state == "covered"
    assert Entry.objects.filter(code="cover.resumed").count() == 1


def test_what_has_ended_stays_so(waiting):
    end(waiting, worked("2027-01-11 12:05", "10:00"))
    assert resume(waiting, 10).has_ended
