import datetime

import pytest

from carnet.audit.models import Entry
from carnet.work.actions import covers
from carnet.work.models import IndivisiblePart, MergedTime, RunningWork, WorkReason, WorkSession
from tests.factories.ledger import TEST, moment, sell
from tests.factories.people import make_member, make_person
from tests.factories.work import agree, case_of, end, open_cover


def hand_over(cover, person):
    with case_of(cover) as case:
        covers.hand_over(case, person=person, by=TEST, at=moment("2027-01-12 12:00"))
    return case.cover


def test_P3_units_are_drawn_for_who_decides_now(martins, claire):
    member = make_person()
    make_member(martins, member)
    sell(martins, 8)
    cover = hand_over(open_cover(martins, member), claire)
    assert (cover.person, hand_over(cover, claire).person) == (claire, claire)
    assert Entry.objects.filter(code="cover.handed_over").count() == 1


def test_what_has_ended_stays_with_who_asked(martins, claire, ines):
    sell(martins, 8)
    cover = end(open_cover(martins, claire))
    assert hand_over(cover, ines).person == claire


def test_a_ceiling_is_of_tokens_or_minutes(martins, claire):
    sell(martins, 8)
    with pytest.raises(covers.MeansNotForTickets):
        agree(open_cover(martins, claire), "trial", 2, at="2027-01-12 12:00")


def test_rows_name_themselves():
    assert str(IndivisiblePart(lot_id=1, cover_id=2)) == "first minutes of lot 1 by cover 2"
    assert str(MergedTime(source_id=1, cover_id=2)) == "cover 1 with cover 2"
    assert str(RunningWork(agent_id=1, cover_id=2)) == "1 works for cover 2"
    began = moment("2027-01-12 12:00")
    session = WorkSession(cover_id=2, started_at=began, ended_at=began + datetime.timedelta(seconds=7))
    assert (str(session), str(WorkReason(text="Looked"))) == ("7 s for cover 2", "Looked")
