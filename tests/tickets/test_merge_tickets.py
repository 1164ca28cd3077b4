import pytest

from carnet.audit.models import Entry
from carnet.mail.models import OutgoingMail
from carnet.tickets.actions import merging, work
from carnet.tickets.actions.messages import TicketClosed
from carnet.tickets.models import Ticket
from carnet.work.actions import cover_endings
from carnet.work.models import WorkSession
from tests.factories.tickets import close, give_tokens, in_english, make_ticket, moment, work_on


@pytest.fixture
def lot(martins):
    return give_tokens(martins, 5)


@pytest.fixture
def two(lot, claire, awa):
    """12 and 14 minutes of work."""
    tickets = make_ticket(claire), make_ticket(claire, subject="The same once more")
    for ticket, minutes, since in zip(tickets, (12, 14), (5, 20), strict=True):
        work_on(ticket, awa, minutes, since=moment(since))
    return tickets


def merge(source, target, awa, at=None):
    return merging.merge_tickets(source=source, target=target, by=awa.as_actor(), at=at or moment(60))


def left(lot):
    lot.refresh_from_db()
    return lot.available, lot.reserved, lot.spent


def test_T10_12_and_14_are_one_token(two, lot, awa):
    source, target = two
    merge(source, target, awa)
    source.refresh_from_db()
    assert (source.state, source.merged_into, source.closures.get().how) == ("closed", target, "merged")
    assert left(lot) == (4, 1, 0)
    close(target, at=moment(70))
    assert left(lot) == (4, 0, 1)
    assert Entry.objects.get(code="ticket.merged").details == {"source": source.pk}
    assert OutgoingMail.objects.filter(kind="tickets/merged").count() == 1


def test_twice_is_once(two, awa):
    for _ in range(2):
        merge(two[0], two[1], awa)
    assert Entry.objects.filter(code="ticket.merged").count() == 1


def test_T10_a_closed_source_gives_back_what_it_had_spent(two, lot, awa):
    source, target = two
    close(source, at=moment(50))
    assert left(lot) == (3, 1, 1)
    merge(source, target, awa)
    assert left(lot) == (4, 1, 0)


def test_a_clock_that_runs_on_the_source_stops(two, awa):
    source, target = two
    work.start_work(ticket=source, by=awa.as_actor(), at=moment(50))
    merge(source, target, awa)
    assert WorkSession.objects.filter(cover__ticket=source).latest("ended_at").ended_at == moment(60)


def test_refusals(two, lot, robledo, ines, claire, awa):
    source, target = two
    with pytest.raises(merging.SameTicket):
        merge(source, source, awa)
    with pytest.raises(merging.OtherCustomer):
        merge(make_ticket(ines), target, awa)
    with pytest.raises(cover_endings.OtherKindOfCover):
        merge(make_ticket(claire, means="trial"), target, awa)
    close(target, at=moment(50))
    with pytest.raises(TicketClosed):
        merge(source, target, awa)


def test_through_the_page(two, ines, robledo, awa):
    source, target = two
    page, browser = f"/desk/tickets/{source.pk}/merge/", in_english(awa)
    for number in (source.pk, 4711, make_ticket(ines).pk):
        bad = browser.post(page, {"number": number})
        assert (bad.status_code, str(number) in bad.content.decode()) == (422, True)
    assert browser.post(page, {"number": target.pk})["Location"] == f"/desk/tickets/{target.pk}/"
    assert Ticket.objects.get(pk=source.pk).merged_into == target
    assert f"Ticket {source.pk} continues here" in browser.get(f"/desk/tickets/{target.pk}/").content.decode()
