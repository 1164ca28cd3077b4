"""What a person finds after signing in: what is left, what ends soon, what waits for them, what is open."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.orders import tasks as order_tasks
from carnet.people.actions import customers
from carnet.people.models import Person
from carnet.tickets.actions import assigning, work
from carnet.work.actions import trials
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import give, sell
from tests.factories.orders import open_shop, pay, place
from tests.factories.people import TEST, make_member, make_person, membership_of, signed_in
from tests.factories.tickets import answer, close, give_tokens, in_english, make_ticket, moment, work_on

pytestmark = pytest.mark.usefixtures("_ten_o_clock")


def overview(person: Person) -> str:
    """The page as this person reads it in English, blanks put together."""
    response = in_english(person).get("/my/")
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def part(html: str, heading: str) -> str:
    """From this heading to the next of its section or the section's end, in words."""
    return words(html.split(f">{heading}</h", 1)[1].split("</section>", 1)[0])


def test_a_holder_sees_what_is_left(martins, claire):
    sell(martins, 20, at="2027-01-11 09:30")
    page = words(overview(claire))
    assert "Hello, Claire" in page
    assert "You have 20 tickets left" in page
    assert "Carnet no. 1" in page
    assert "until 11 January 2028" in page
    assert "Shared: everyone in your account can use it." in page


def test_F1_somebody_new_has_free_minutes(robledo, ines):
    page = overview(ines)
    assert "What you have left" in page
    assert "Your first question is free" in page
    assert "We work on it for 15 minutes free of charge" in page
    assert "Nothing left" not in page
    assert "None at the moment." in page
    assert "15 minutes free" in part(page, "Your next question")


def test_next_question_is_paid_by_what_is_left(martins, claire):
    give_tokens(martins)
    trials.open_trial(customer=martins, person=claire, by=TEST, at=moment())
    make_ticket(claire, means="trial")
    assert "1 ticket from carnet no. 1 2 left after that, valid until 31 December 2027" in part(
        overview(claire), "Your next question"
    )


def test_H5_or_by_hours(martins, claire):
    sell(martins, 300, unit="minute", at="2027-01-11 09:00")
    paid_by = part(overview(claire), "Your next question")
    assert "Minutes from hour pack no. 1 300 minutes left, valid until 11 January 2028" in paid_by


def test_without_anything_the_next_question_is_kept(martins, claire):
    make_ticket(claire, means="trial")
    assert "You have no tickets or minutes at the moment." in part(overview(claire), "Your next question")


def test_stubs_lead_to_the_tickets_they_paid_for(martins, claire, awa):
    give_tokens(martins)
    used, kept = make_ticket(claire, subject="The used one"), make_ticket(claire, subject="The kept one")
    work_on(used, awa, 12, since=moment(5))
    close(used, at=moment(30))
    page = overview(claire)
    stubs = re.findall(r'<a class="stub (\w+)" href="([^"]+)" title="([^"]+)"', page)
    assert stubs == [
        ("spent", f"/my/tickets/{used.pk}/", "The used one"),
        ("held", f"/my/tickets/{kept.pk}/", "The kept one"),
    ]
    assert "1 used, 1 reserved, 1 left" in page


def test_P2_a_stub_of_another_person_leads_nowhere(martins, claire, hugo):
    give_tokens(martins)
    ticket = make_ticket(hugo, subject="A secret")
    page = overview(claire)
    assert "A secret" not in page
    assert '<span class="stub held">' in page
    assert f"Ticket {ticket.pk}" in part(page, "Open tickets")


def test_P2_but_to_the_ticket_if_they_allow_it(martins, claire, hugo):
    give_tokens(martins)
    customers.let_holder_read(membership_of(hugo, martins), allowed=True, by=hugo.as_actor(), at=moment())
    ticket = make_ticket(hugo, subject="No secret")
    page = overview(claire)
    assert f'<a class="stub held" href="/my/tickets/{ticket.pk}/" title="No secret">' in page
    assert "No secret" in part(page, "Open tickets")


def test_P2_a_member_sees_own_tickets_and_no_units(martins, claire, hugo):
    give_tokens(martins)
    make_ticket(claire, subject="Hers")
    make_ticket(hugo, subject="His")
    page = overview(hugo)
    assert "His" in part(page, "Open tickets")
    assert "Hers" not in page
    assert "carnet-book" not in page
    assert "Your account: Famille Martin." in page
    assert "15 minutes free" in part(page, "Your next question")


def test_a_buyer_sees_units_and_asks_nothing(martins, claire):
    buyer = make_person("Bea Roux", email="bea@example.org")
    make_member(martins, buyer, role="buyer")
    give_tokens(martins)
    ticket = make_ticket(claire, subject="Hers")
    page = overview(buyer)
    assert "You have 2 tickets left" in page
    assert "Hers" not in page
    assert f"/my/tickets/{ticket.pk}/" not in page
    assert "Your next question" not in page
    assert "/my/tickets/new/" not in page


def test_a_stranger_sees_their_own(martins, claire, ines):
    give_tokens(martins)
    make_ticket(claire, subject="Hers")
    page = overview(ines)
    assert "Hers" not in page
    assert "carnet-book" not in page


def test_free_minutes_are_a_tape(martins, claire, awa):
    ticket = make_ticket(claire, means="trial")
    assert "Free minutes 15 min reserved" in words(overview(claire))
    assert "0 min of 15 min used, 15 min reserved" in words(overview(claire))
    work_on(ticket, awa, 9, since=moment(5))
    close(ticket, at=moment(20))
    page = words(overview(claire))
    assert "Free minutes 6 min left until 10 February 2027" in page
    assert "What you have left" in page


@pytest.mark.parametrize(("today", "is_told"), [("2027-01-11", False), ("2027-12-01", True), ("2027-12-31", True)])
def test_what_ends_within_30_days_is_told(martins, claire, today, is_told):
    give_tokens(martins)
    with time_machine.travel(f"{today} 12:00", tick=False):
        page = words(overview(claire))
    assert ("Expiring soon 3 tickets valid until 31 December 2027" in page) is is_told


def test_what_is_reserved_does_not_end(martins, claire):
    give_tokens(martins, 1)
    make_ticket(claire)
    with time_machine.travel("2027-12-20 12:00", tick=False):
        assert "Expiring soon" not in overview(claire)
    with time_machine.travel("2028-01-20 12:00", tick=False):
        page = words(overview(claire))
    assert "What you have left Carnet no. 1 1 reserved until 31 December 2027" in page
    assert "Used or expired" not in page


def test_given_units_lapse(martins, claire, awa):
    give_tokens(martins, 2)
    close(make_ticket(claire, means="trial"), at=moment(3))
    ticket = make_ticket(claire)
    work_on(ticket, awa, 5, since=moment(5))
    close(ticket, at=moment(20))
    with time_machine.travel("2028-01-01 12:00", tick=False):
        page = words(overview(claire))
    assert "You have no tickets Nothing left at the moment" in page
    assert "Used or expired (2)" in page
    assert "Carnet no. 1 1 expired last day: 31 December 2027" in page
    assert "The last day has passed and anything left has expired." in page


def test_L5_bought_units_fall_asleep(martins, claire):
    sell(martins, 20, at="2027-01-11 09:30")
    with time_machine.travel("2028-01-12 12:00", tick=False):
        page = words(overview(claire))
    assert "What you have left Carnet no. 1 20 dormant last day: 11 January 2028" in page
    assert "your next pack of the same kind revives it" in page


def test_what_is_used_up_is_put_away(martins, claire, awa):
    give_tokens(martins, 1)
    ticket = make_ticket(claire)
    work_on(ticket, awa, 5, since=moment(5))
    close(ticket, at=moment(20))
    page = words(overview(claire))
    assert "Used or expired (1) Carnet no. 1 0 left until 31 December 2027" in page


def test_why_goodwill_was_given(martins, claire):
    give(martins, 1, at="2027-01-11 09:30")
    assert "Goodwill from us: For a test." in words(overview(claire))


def test_what_waits_for_me(martins, claire, awa):
    give_tokens(martins, 3)
    asked_back, answered = make_ticket(claire, subject="Which one?"), make_ticket(claire, subject="Better now")
    make_ticket(claire, subject="Nothing for now", means="none", at=moment(2))
    make_ticket(claire, subject="For them")
    answer(asked_back, awa, at=moment(10), asks=True)
    answer(answered, awa, at=moment(11), should_solve=True)
    page = overview(claire)
    told = re.findall(r'<li><a href="/my/tickets/\d+/" dir="auto">([^<]+)</a> – ([^<]+)</li>', page)
    assert told == [
        ("Nothing for now", "it is waiting for your consent"),
        ("Better now", "is it solved?"),
        ("Which one?", "we need your reply"),
    ]


def test_what_waits_for_another_does_not_wait_for_me(martins, claire, hugo, awa):
    give_tokens(martins, 3)
    answer(make_ticket(hugo, subject="A secret"), awa, at=moment(10), should_solve=True)
    page = overview(claire)
    assert "Waiting for you" not in page
    assert "A secret" not in page


def test_P3_what_was_passed_to_me_waits_for_me(martins, claire, hugo):
    give_tokens(martins, 3)
    ticket = make_ticket(hugo, subject="A secret")
    customers.remove_member(membership_of(hugo, martins), by=claire.as_actor(), at=moment(5))
    assigning.pass_ticket_on(ticket=ticket, by=TEST, at=moment(6))
    page = overview(claire)
    assert f'<li><a href="/my/tickets/{ticket.pk}/">Ticket {ticket.pk}</a> – passed on to you</li>' in page
    assert "A secret" not in page


def test_the_work_that_runs_is_drawn(martins, claire, awa):
    give_tokens(martins, 3)
    ticket = make_ticket(claire, subject="The screen")
    assert 'class="ring' not in overview(claire)
    work.start_work(ticket=ticket, by=awa.as_actor(), at=moment(48))
    page = overview(claire)
    assert "The screen 12 min of 30 min paid for" in part(page, "We are working on it")
    assert 'stroke-dasharray="40 100"' in page
    assert "12 min" in part(page, "Open tickets")


def test_case_C9_what_is_reserved_stands_on_the_cover(martins, claire):
    give_tokens(martins, 3)
    make_ticket(claire)
    assert "Carnet no. 1 2 left + 1 reserved until 31 December 2027" in words(overview(claire))


def test_case_C7_an_order_that_waits_stands_there_with_its_last_day(martins, claire, hugo):
    open_shop()
    order = place(claire, put_on_sale(), at="2027-01-11 09:30")
    told = f'<li><a href="/my/orders/{order.reference}/">tokens-20</a> – €240.00 to pay by 10 February 2027</li>'
    assert told in overview(claire)
    assert order.reference not in overview(hugo)  # P2: a member sees no orders
    pay(order, 10_000, at="2027-01-11 09:40")
    assert "€140.00 to pay by 10 February 2027" in overview(claire)
    pay(order, 14_000, at="2027-01-11 09:50")
    assert order.reference not in overview(claire)


def test_case_C7_an_order_that_was_not_paid_is_expired(martins, claire, odile):
    open_shop()
    order = place(claire, put_on_sale(), at="2027-01-11 09:30")
    with time_machine.travel("2027-02-11 12:00", tick=False):
        order_tasks.follow_time.call()
        assert order.reference not in overview(claire)
        for reader, path in ((claire, f"/my/orders/{order.reference}/"), (odile, f"/desk/orders/{order.pk}/")):
            assert '<span class="tag neutral">expired</span>' in in_english(reader).get(path).content.decode()


def test_works_without_script(martins, claire):
    give_tokens(martins)
    make_ticket(claire)
    page = overview(claire)
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert "hx-get" not in main
    assert "<button" not in main


def test_the_same_queries_for_one_row_and_for_three(martins, claire, hugo, awa):
    browser = signed_in(claire)

    def tell(minute: int) -> None:
        give_tokens(martins, 3, at=moment(minute))
        used, open_one = make_ticket(claire, at=moment(minute)), make_ticket(claire, at=moment(minute))
        waiting = make_ticket(claire, at=moment(minute))
        work_on(used, awa, 2, since=moment(minute + 1))
        close(used, at=moment(minute + 4))
        work_on(open_one, awa, 2, since=moment(minute + 5))
        answer(waiting, awa, at=moment(minute + 8), asks=True)

    tell(1)
    work.start_work(
        ticket=make_ticket(hugo, means="none", at=moment(1)), kind="repair", by=awa.as_actor(), at=moment(20)
    )
    browser.get("/my/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/my/")
    work.stop_work(ticket=hugo.tickets_asked.get(), reason="Mended", by=awa.as_actor(), at=moment(21))
    tell(25)
    tell(40)
    work.start_work(ticket=hugo.tickets_asked.get(), kind="repair", by=awa.as_actor(), at=moment(55))
    with CaptureQueriesContext(connection) as three:
        browser.get("/my/")
    assert len(three) == len(one)


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_in_each_language(martins, claire, language):
    claire.language = language
    claire.save()
    give_tokens(martins)
    page = signed_in(claire).get("/my/").content.decode()
    assert f'<html lang="{language}"' in page
    assert page.count("<h1") == 1


def test_who_may(martins, claire, awa, client):
    assert signed_in(awa).get("/my/").status_code == 404
    assert client.get("/my/").headers["Location"] == "/fr/account/login/?next=/my/"
    assert signed_in(claire).post("/my/").status_code == 405
    alone = make_person("Alone")
    assert signed_in(alone).get("/my/").status_code == 404


def test_somebody_of_two_customers_sees_the_chosen_one(martins, robledo, claire, ines):
    make_member(robledo, claire, role="holder")
    give_tokens(martins, 3)
    give_tokens(robledo, 2)
    browser = in_english(claire)
    for customer, left in ((martins, 3), (robledo, 2)):
        browser.post("/my/switch/", {"membership": membership_of(claire, customer).pk})
        assert f"You have {left} tickets left" in browser.get("/my/").content.decode()
