import pytest

from carnet.audit.models import Entry
from carnet.ledger.actions import movements as ledger
from carnet.ledger.models import Movement
from carnet.work.actions import covers
from tests.factories import work
from tests.factories.ledger import buckets, give_trial, moment, sell
from tests.factories.work import end, extend, open_cover, paid

LATER = "2027-01-11 13:00"


def agree(cover, ceiling=1):
    return work.agree(cover, "tokens", ceiling, at=LATER)


def test_T4_one_token_more_and_it_goes_on(martins, claire):
    pack = sell(martins, 8)
    give_trial(martins)
    cover = agree(extend(open_cover(martins, claire, means="trial"), at="2027-01-11 12:20"))
    assert (cover.state, cover.means, cover.covered_at, cover.token_ceiling) == ("covered", "tokens", moment(LATER), 1)
    assert buckets(pack) == {"available": 7, "reserved": 1}
    assert paid(cover)[1] == (moment(LATER), 1800, "tokens")
    assert Movement.objects.latest("sequence").rule == "F2"
    assert Entry.objects.latest("pk").code == "cover.agreed"


def test_T4_a_second_one_after_the_first(martins, claire):
    pack = sell(martins, 8)
    cover = agree(extend(open_cover(martins, claire), at="2027-01-11 12:40"), 2)
    assert (cover.state, cover.token_ceiling, buckets(pack)) == ("covered", 2, {"available": 6, "reserved": 2})


def test_what_does_not_wait_takes_no_token(martins, claire):
    pack = sell(martins, 8)
    cover = agree(agree(open_cover(martins, claire)))
    assert (cover.state, buckets(pack)) == ("covered", {"available": 7, "reserved": 1})


def test_without_a_token_nothing_is_agreed(martins, claire):
    cover = open_cover(martins, claire, means="none")
    with pytest.raises(ledger.NotEnoughUnits):
        agree(cover)
    cover.refresh_from_db()
    assert (cover.state, cover.token_ceiling, cover.waits_for) == ("waiting", 0, "units")


def test_what_has_ended_takes_none(martins, claire):
    sell(martins, 8)
    cover = open_cover(martins, claire)
    end(cover)
    with pytest.raises(covers.CoverEnded):
        agree(cover)
