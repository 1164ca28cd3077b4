"""Every movement with its reasons and what is left afterwards; the balance on any date."""

import datetime
import re
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from carnet.home.queries import statement, statement_entries
from carnet.home.shown import statement_entry_words, statement_words
from carnet.kernel.refused import Refused
from carnet.ledger import queries as ledger
from carnet.ledger.actions import movements
from carnet.ledger.models import Movement
from carnet.people.models import Customer, Person
from carnet.tickets.actions import merging
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import give, give_trial, let_go, sell, spend, take
from tests.factories.ledger import moment as on
from tests.factories.orders import open_shop, pay, place
from tests.factories.people import TEST, make_member, make_person, signed_in
from tests.factories.tickets import close, give_tokens, in_english, make_ticket, moment, work_on

pytestmark = pytest.mark.usefixtures("_ten_o_clock")


def read(person: Person, query: str = "", *, page: str = "/my/statement/", status: int = 200) -> str:
    """The page as this person reads it in English, blanks put together."""
    response = in_english(person).get(page + query)
    assert response.status_code == status
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def words(html: str) -> str:
    return re.sub(r" ([.:,])", r"\1", " ".join(re.sub(r"<[^>]+>", " ", html).split()))


def parts(html: str) -> list[tuple[str, str]]:
    """The entries of the statement, the newest first: what stands in the line, and what is behind it."""
    found = re.findall(r'<details class="entry[^"]*"><summary>(.*?)</summary>(.*?)</details>', html)
    return [(words(line), words(more)) for line, more in found]


def rows(html: str) -> list[str]:
    return [line for line, _more in parts(html)]


def behind(html: str) -> list[str]:
    return [more for _line, more in parts(html)]


def lines_of(
    customer: Customer,
    first: str = "2027-01-01",
    last: str = "2030-12-31",
    unit: str = "",
    *,
    at: str = "2031-01-01 12:00",
) -> statement.CustomerStatement:
    period = statement.Period(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last), unit)
    return statement.CustomerStatement(customer, period, at=on(at))


def told(lines: list[statement.StatementLine]) -> list[tuple[str, int, int, int, int]]:
    """Kind, number of the lot, change, and what is left and reserved, of each line."""
    return [(one.kind, one.lot.number, one.change, one.after.available, one.after.reserved) for one in lines]


def test_case_C4_one_line_a_ticket_with_its_sign(martins, claire, awa):
    """T1, T2: reserving changes nothing of the balance; using does, and what is given back does not."""
    give_tokens(martins)
    used, dropped = make_ticket(claire, subject="The used one", at=moment(1)), make_ticket(claire, at=moment(2))
    make_ticket(claire, subject="The open one", at=moment(3))
    work_on(used, awa, 12, since=moment(5), reason="Changed the toner")
    close(used, at=moment(30))
    close(dropped, at=moment(40))
    page = read(claire)
    assert rows(page) == [
        "The printer is silent 11 January · Carnet no. 1 · nothing used 0 tickets balance 2",
        "The used one 11 January · Carnet no. 1 −1 ticket balance 2",
        "The open one 11 January · Carnet no. 1 1 ticket reserved",
        "Carnet no. 1 11 January · Goodwill, valid until 31 December 2027 +3 tickets balance 3",
    ]
    assert "1 ticket reserved: 1 ticket" in words(page)


def test_case_C4_what_is_behind_a_line(martins, claire, awa):
    """Each movement with its reason, and the rule in words; the work; the reason of a gift (L8)."""
    give_tokens(martins)
    ticket = make_ticket(claire, at=moment(1))
    work_on(ticket, awa, 12, since=moment(5), reason="Changed the toner")
    close(ticket, at=moment(30))
    used, given = behind(read(claire))
    assert used == (
        f"Open ticket {ticket.pk} 12:00 Awa Diallo – Changed the toner "
        f"today 9:01 – Reserved for ticket {ticket.pk}, −1 ticket Carnet no. 1. The only one with anything left. "
        "Rule T1: Asking a question reserves one ticket; it is used only when the question is closed. "
        f"today 9:30 – Used for ticket {ticket.pk}, 1 ticket Carnet no. 1 "
        "Rule T2: One ticket covers up to 30 minutes of work."
    )
    assert given.startswith("A test today 9:00 – Goodwill")


def test_case_C4_minutes_are_time_and_a_mixed_ticket_is_one_line(martins, claire, awa):
    give_tokens(martins)
    trial = make_ticket(claire, means="trial", then="tokens", at=moment(1))
    work_on(trial, awa, 20, since=moment(5))
    close(trial, at=moment(30))
    assert rows(read(claire))[0] == (
        "The printer is silent 11 January · Free minutes and Carnet no. 1 −15 min balance 0 min −1 ticket balance 2"
    )


def test_case_C4_a_purchase_is_one_line_with_what_it_revived(martins, claire):
    open_shop()
    sell(martins, 3, months=6, at="2026-01-11 09:30")
    pay(place(claire, put_on_sale(), "2027-01-11 09:30"), at="2027-01-11 09:30")
    page = read(claire)
    assert rows(page) == [
        "Carnet no. 2 11 January · New, valid until 11 January 2028; dormant before: 3 tickets +23 tickets balance 23"
    ]
    assert rows(read(claire, "?year=2026"))[0] == (
        "Carnet no. 1 12 July · Dormant: the last day has passed −3 tickets balance 0"
    )
    assert "Rule L5: A new pack revives dormant tickets or minutes." in behind(page)[0]


def test_case_C4_a_correction_is_a_line_of_its_own(martins, claire, hugo, awa):
    """T14, T8: as a bank shows a refund, so that each balance is the one before and the change."""
    give_tokens(martins)
    ticket = make_ticket(claire, subject="The long one", at=moment(1), ceiling=2)
    work_on(ticket, awa, 31, since=moment(2))
    close(ticket, at=moment(34))
    close(make_ticket(hugo, at=moment(35)), at=moment(36))
    spent = Movement.objects.get(kind="spent")
    movements.correct(movement=spent, quantity=1, rule="T14", by=TEST, at=moment(40), key="correct")
    assert [row.split(" 11 January · ")[1] for row in rows(read(claire))] == [
        "Carnet no. 1 · corrected +1 ticket balance 2",
        "Carnet no. 1 · Hugo Martin · nothing used 0 tickets balance 1",
        "Carnet no. 1 −2 tickets balance 1",
        "Goodwill, valid until 31 December 2027 +3 tickets balance 3",
    ]


def test_T4_offered_time_is_said(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire)
    work_on(ticket, awa, 12, since=moment(5))
    work_on(ticket, awa, 3, since=moment(20), kind="training")
    close(ticket, at=moment(30))
    assert "3:00 Awa Diallo (training, free) – Looked into it" in behind(read(claire))[0]


def test_P2_what_others_wrote_stays_theirs(martins, claire, hugo, awa):
    give_tokens(martins)
    ticket = make_ticket(hugo, subject="A secret")
    work_on(ticket, awa, 12, since=moment(5), reason="About the secret")
    close(ticket, at=moment(30))
    page = read(claire)
    assert "secret" not in page
    assert "12:00 Awa Diallo" in behind(page)[0]
    assert rows(page)[0].startswith(f"Ticket {ticket.pk} 11 January · Carnet no. 1 · Hugo Martin")
    desk = read(awa, page=f"/desk/customers/{martins.pk}/statement/")
    assert "A secret" in rows(desk)[0]
    assert "About the secret" in behind(desk)[0]
    assert f'href="/desk/tickets/{ticket.pk}/"' in desk


def test_P2_a_buyer_reads_numbers_only(martins, claire):
    give_tokens(martins)
    ticket = make_ticket(claire, subject="A secret")
    buyer = make_person("Bea Roux", email="bea@example.org")
    make_member(martins, buyer, role="buyer")
    page = read(buyer)
    assert rows(page)[0].startswith(f"Ticket {ticket.pk} 11 January")
    assert f"Reserved for ticket {ticket.pk}" in behind(page)[0]
    assert "A secret" not in page
    assert f"/my/tickets/{ticket.pk}/" not in page


def test_P2_a_buyer_reads_nothing_of_the_work(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire)
    work_on(ticket, awa, 12, since=moment(5))
    close(ticket, at=moment(30))
    buyer = make_person("Bea Roux", email="bea@example.org")
    make_member(martins, buyer, role="buyer")
    page = read(buyer)
    assert f"Used for ticket {ticket.pk}" in behind(page)[0]
    assert "Awa Diallo" not in page


def test_P2_T10_reasons_of_a_merged_ticket_stay_with_who_may_read_it(martins, claire, hugo, awa):
    give_tokens(martins)
    hers, his = make_ticket(claire, at=moment(1)), make_ticket(hugo, at=moment(2))
    work_on(hers, awa, 12, since=moment(5), reason="Hers")
    work_on(his, awa, 3, since=moment(20), reason="His")
    merging.merge_tickets(source=his, target=hers, by=awa.as_actor(), at=moment(30))
    hers.refresh_from_db()
    close(hers, at=moment(40))
    used = next(row for row in behind(read(claire)) if f"Used for ticket {hers.pk}" in row)
    assert "12:00 Awa Diallo – Hers" in used
    assert "3:00 Awa Diallo" in used
    assert "His" not in used


def test_P2_who_may_see_it(martins, claire, hugo, ines, awa):
    sell(martins, at="2027-01-11 09:30")
    desk = f"/desk/customers/{martins.pk}/statement/"
    assert signed_in(hugo).get("/my/statement/").status_code == 404
    assert "Carnet no. 1" not in read(ines)
    assert [signed_in(one).get(desk).status_code for one in (claire, ines, awa)] == [404, 404, 200]
    assert signed_in(awa).get("/my/statement/").status_code == 404
    assert signed_in(awa).get("/desk/customers/0/statement/").status_code == 404


@pytest.mark.parametrize(
    ("make", "why", "chosen"),
    [
        (lambda c: (sell(c, months=12), sell(c, months=6)), "It expires before “Carnet no. 1”.", 2),
        (lambda c: (sell(c, months=12), give(c, until="2028-01-11")), "It was free; “Carnet no. 1” was paid for.", 2),
        (
            lambda c: (give(c), give(c, at="2027-01-11 12:01")),
            "It is older than “Carnet no. 2”.",
            1,
        ),
        (lambda c: (give(c), give(c)), "Its number comes before “Carnet no. 2”.", 1),
        (lambda c: (sell(c),), "The only one with anything left.", 1),
    ],
)
def test_L7_why_this_lot(martins, claire, make, why, chosen):
    make(martins)
    take(claire, martins, at="2027-01-11 13:00")
    newest = lines_of(martins)[0:50]
    line = next(one for one in newest if one.kind == "reserved")
    assert (statement_words.why(line.choice), line.lot.number) == (why, chosen)


def test_L9_what_came_before_was_for_another(martins, claire, hugo):
    give(martins, until="2027-02-01", person=claire)
    sell(martins)
    take(hugo, martins)
    line = lines_of(martins, last="2027-01-11")[0:1][0]
    assert line.lot.number == 2
    assert (
        statement_words.why(line.choice) == "The only one you can still use. The ones before it belong to other people."
    )


def test_F2_free_minutes_stand_apart(martins, claire):
    sell(martins, 90, unit="minute")
    give_trial(martins)
    take(claire, martins, quantity=15, unit="minute", origins=("trial",), at="2027-01-11 13:00")
    found = lines_of(martins, last="2027-01-11")[0:50]
    assert told(found) == [
        ("last_day", 2, 0, 0, 15),
        ("reserved", 2, -15, 0, 15),
        ("opened", 2, 15, 15, 0),
        ("opened", 1, 90, 90, 0),
    ]
    assert statement_words.why(found[1].choice) == "Free minutes are kept separate."
    assert statement_words.what(found[0]).replace("\u00a0", " ") == "First use: valid until 10 February 2027"


def test_L4_L5_asleep_and_back(martins, claire):
    """The example of L5: between the two packs the rest is asleep."""
    sell(martins, 20, at="2026-01-10 12:00")
    take(claire, martins, quantity=14, at="2026-02-01 12:00")
    spend(martins, quantity=14, at="2026-02-02 12:00")
    sell(martins, 1, at="2027-03-05 12:00")
    found = lines_of(martins, "2026-01-01", "2028-12-31")[0:50]
    assert told(found) == [
        ("dormant", 2, -1, 0, 0),
        ("dormant", 1, -6, 1, 0),
        ("last_day", 1, 6, 7, 0),
        ("opened", 2, 1, 1, 0),
        ("dormant", 1, -6, 0, 0),
        ("spent", 1, 0, 6, 0),
        ("reserved", 1, -14, 6, 14),
        ("opened", 1, 20, 20, 0),
    ]
    assert found[4].at == on("2027-01-11 00:00")
    assert statement_words.what(found[2]).replace("\u00a0", " ") == (
        "Last day moved from 10 January 2027 to 5 March 2028 when “Carnet no. 2” was activated"
    )
    assert statement_entry_words.line_units(found[2]).replace("\u00a0", " ") == "+6 tickets"


def test_L4_what_was_free_is_gone(martins):
    give(martins, 2, until="2027-02-01")
    newest = lines_of(martins)[0:1][0]
    assert (newest.kind, newest.at) == ("lapsed", on("2027-02-02 00:00"))
    assert statement_words.rule_of(newest) == "L4"


def test_no_end_is_foretold(martins):
    give(martins, 2, until="2027-02-01")
    assert [one.kind for one in lines_of(martins, at="2027-02-01 23:59")[0:50]] == ["opened"]


def test_L11_a_correction_names_its_line(martins, claire, awa):
    give_tokens(martins)
    ticket = make_ticket(claire)
    work_on(ticket, awa, 12, since=moment(5))
    close(ticket, at=moment(30))
    spent = Movement.objects.get(kind="spent")
    movements.correct(movement=spent, quantity=1, rule="T14", by=TEST, at=moment(40), key="correct")
    assert f"Correction: transaction {spent.sequence} used too many" in behind(read(claire))[0]


def test_of_one_unit_only(martins):
    sell(martins, 20)
    sell(martins, 90, unit="minute")
    assert told(lines_of(martins, last="2027-12-31", unit="minute")[0:50]) == [("opened", 2, 90, 90, 0)]
    assert told(lines_of(martins, last="2027-12-31", unit="token")[0:50]) == [("opened", 1, 20, 20, 0)]


def test_every_rule_that_is_written_has_words():
    named = set()
    for path in Path(settings.BASE_DIR, "carnet").rglob("*.py"):
        if {"ledger", "work"} & set(path.relative_to(settings.BASE_DIR).parts) and "actions" in path.parts:
            text = path.read_text()
            named |= set(re.findall(r"rule=\"([A-Z]\d+)\"|rule = \"([A-Z]\d+)\"|return \"([A-Z]\d+)\"", text))
            for line in re.findall(r"(?:return|rule =|\(Units\().*", text):
                named |= {("", "", rule) for rule in re.findall(r"\"([A-Z]\d+)\"", line)}
    found = {rule for one in named for rule in one if rule}
    assert {"L1", "L5", "L8", "F1", "F2", "T1", "T2", "T4", "T10", "T12", "T14", "H1", "H2", "H4", "H5"} <= found
    assert found <= set(statement_words.RULES)


steps = st.lists(
    st.tuples(
        st.sampled_from(["sell", "sell", "give", "take", "take", "take", "spend", "let_go", "let_go_ours"]),
        st.integers(1, 3),
        st.sampled_from([0, 0, 1, 20, 100, 200]),
    ),
    min_size=4,
    max_size=14,
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_L4_every_day_ends_with_the_balance_of_that_day(martins, claire, steps):
    """Whatever happened, in whatever pages it is read, and from either end."""
    with transaction.atomic():
        day = datetime.date(2027, 1, 11)
        for number, (verb, units, wait) in enumerate(steps):
            day += datetime.timedelta(days=wait)
            try:
                history(verb, martins, claire, units, day, f"{day} 10:{number:02}")
            except Refused:
                continue
        last = day + datetime.timedelta(days=500)
        whole = lines_of(martins, "2027-01-01", last.isoformat(), at=f"{last} 23:59")
        check_against_balances(martins, whole)
        transaction.set_rollback(True)


def history(verb: str, customer: Customer, person: Person, units: int, day: datetime.date, at: str) -> None:
    match verb:
        case "sell":
            sell(customer, units, months=6 * units, at=at)
        case "give":
            give(customer, units, until=(day + datetime.timedelta(days=40)).isoformat(), at=at)
        case "take":
            take(person, customer, units % 2, quantity=units, at=at)
        case "spend":
            spend(customer, units % 2, at=at)
        case _:
            let_go(customer, units % 2, provider_caused=verb == "let_go_ours", at=at)


def check_against_balances(customer: Customer, whole: statement.CustomerStatement) -> None:
    newest_first = whole[0 : whole.count()]
    assert told(list(whole.oldest_first())) == told(newest_first[::-1])
    of_tokens = statement.CustomerStatement(customer, replace(whole.period, unit="token"), at=whole.at)
    assert told(of_tokens[0 : of_tokens.count()]) == told(newest_first)
    in_pages = [line for start in range(0, whole.count(), 3) for line in whole[start : start + 3]]
    assert told(in_pages) == told(newest_first)
    last_of_day = {}
    for line in newest_first[::-1]:
        last_of_day[line.at.astimezone(ZoneInfo("Europe/Paris")).date()] = line.after
    for day, after in last_of_day.items():
        balance = ledger.balance_on(customer, day).tokens
        assert (day, after.available, after.reserved) == (day, balance.available, balance.reserved)
    previous = None
    for line in newest_first[::-1]:
        assert previous is None or line.after.available == previous + line.change
        previous = line.after.available


def test_pages_of_thirty(martins, claire):
    sell(martins, 100, at="2027-01-11 09:00")
    for number in range(40):
        take(claire, martins, number, at="2027-01-11 09:30")
    first, second = rows(read(claire)), rows(read(claire, "?page=2"))
    assert (len(first), len(second)) == (30, 11)
    assert second[-1] == "Carnet no. 1 11 January · New, valid until 11 January 2028 +100 tickets balance 100"


def test_case_C4_years_have_a_page_each(martins, claire):
    sell(martins, 3, months=24, at="2025-03-01 12:00")
    take(claire, martins, at="2026-03-01 12:00")
    spend(martins, at="2026-03-02 12:00")
    page = read(claire)
    assert re.findall(r'href="\?year=(\d+)"(?: aria-current="page")?>', page) == ["2027", "2026", "2025"]
    assert "No transactions from 1 January 2027 to 11 January 2027." in words(page)
    page = read(claire, "?year=2026")
    assert "Balance before 1 January 2026 3 tickets" in words(page)
    assert len(rows(page)) == 1
    assert 'href="?year=2026" aria-current="page"' in page
    assert "/my/statement/pdf/?year=2026" in page
    for nonsense in ("2024x", "9" * 40, "1999", "2999", "٢٠٢٦"):
        assert "to 11 January 2027" in words(read(claire, f"?year={nonsense}"))


entry_steps = st.lists(
    st.tuples(
        st.sampled_from(["give", "take", "take", "spend", "let_go"]), st.integers(1, 3), st.sampled_from([0, 9, 60])
    ),
    min_size=4,
    max_size=14,
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=entry_steps)
def test_case_C4_every_entry_is_the_balance_before_and_its_change(martins, claire, steps):
    """Whatever happened, in whatever pages it is read; and the last one leaves the balance of that day."""
    with transaction.atomic():
        day = datetime.date(2027, 1, 11)
        for number, (verb, units, wait) in enumerate(steps):
            day += datetime.timedelta(days=wait)
            try:
                history(verb, martins, claire, units, day, f"{day} 10:{number:02}")
            except Refused:
                continue
        last = day + datetime.timedelta(days=100)
        whole = lines_of(martins, "2027-01-01", last.isoformat(), at=f"{last} 23:59")
        entries = statement_entries.StatementEntries(whole)
        newest_first = entries[0 : len(entries)]
        assert [one for start in range(0, len(entries), 2) for one in entries[start : start + 2]] == newest_first
        assert sum(len(one.lines) for one in newest_first) == len(list(whole.oldest_first()))
        balances = {"token": 0, "minute": 0, "free": 0}
        for one in newest_first[::-1]:
            for amount in one.amounts:
                balances[amount.group] += amount.change
                assert amount.balance == balances[amount.group]
        after = ledger.balance_on(martins, last)
        assert balances["token"] == after.tokens.available + after.tokens.reserved
        transaction.set_rollback(True)


@pytest.mark.parametrize("space", ["my", "desk"])
def test_as_many_queries_for_three_as_for_one(martins, claire, awa, space):
    give_tokens(martins, 6)
    path = f"/desk/customers/{martins.pk}/statement/" if space == "desk" else "/my/statement/"
    browser = in_english(awa if space == "desk" else claire)

    def spend_one(minute: int) -> None:
        ticket = make_ticket(claire, at=moment(minute))
        work_on(ticket, awa, 2, since=moment(minute + 1))
        close(ticket, at=moment(minute + 4))

    spend_one(0)
    browser.get(path)
    with CaptureQueriesContext(connection) as for_one:
        browser.get(path)
    for minute in (10, 20):
        spend_one(minute)
    give(martins, until="2027-01-11", at="2027-01-11 09:50")
    with CaptureQueriesContext(connection) as for_three:
        browser.get(path)
    assert len(for_three) == len(for_one)
    assert len(for_one) < 25


def balance_rows(html: str) -> list[str]:
    body = html.split(">Pack by pack, on any date</summary>", 1)[1].split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    return [words(row) for row in body.split("</tr>")[:-1]]


def test_L4_balance_on_any_date(martins, claire):
    sell(martins, 20, at="2026-12-01 12:00")
    give(martins, 2, until="2027-03-01", at="2027-01-11 09:30")
    take(claire, martins, quantity=3, at="2027-01-11 09:40")
    today = read(claire)
    assert "As it was at the end of 11 January 2027." in words(today)
    assert balance_rows(today) == [
        "Carnet no. 1 1 December 2027 19 tickets 1",
        "Carnet no. 2 1 March 2027 0 tickets 2",
        "Tickets, total – 19 tickets 3",
    ]
    assert balance_rows(read(claire, "?on=2026-12-31")) == ["Carnet no. 1 1 December 2027 20 tickets"]
    later = read(claire, "?on=2027-12-02")
    assert "As it will be on 2 December 2027 if nothing else happens before then." in words(later)
    assert balance_rows(later)[2] == "Tickets, total – 0 tickets 3 19"
    assert "There were no tickets or minutes yet on 30 November 2026." in words(read(claire, "?on=2026-11-30"))


def test_many_that_are_used_up_are_one_line(martins, claire):
    for number in range(6):
        give(martins, at=f"2027-01-11 09:0{number}", until="2027-06-30")
        take(claire, martins, number, at=f"2027-01-11 09:1{number}")
        spend(martins, number, at=f"2027-01-11 09:2{number}")
    give(martins, 2, at="2027-01-11 09:30", until="2027-07-31")
    assert balance_rows(read(claire)) == [
        "Carnet no. 7 31 July 2027 2 tickets",
        "6 others, used or expired – 0 tickets 6",
        "Tickets, total – 2 tickets 6",
    ]


def test_two_kinds_of_units_page_by_page(martins, claire):
    sell(martins, 20, at="2026-12-01 12:00")
    sell(martins, 90, unit="minute", at="2026-12-02 12:00")
    for number in range(8):
        unit = "token" if number % 3 else "minute"
        take(claire, martins, number, unit=unit, at=f"2027-01-11 09:1{number}")
    for unit in ("token", "minute", ""):
        whole = lines_of(martins, "2026-01-01", unit=unit)
        newest_first = whole[0 : whole.count()]
        in_pages = [line for start in range(0, whole.count(), 2) for line in whole[start : start + 2]]
        assert told(in_pages) == told(newest_first) == told(list(whole.oldest_first()))[::-1]
        assert {line.lot.unit for line in newest_first} == ({unit} if unit else {"token", "minute"})


def test_ends_in_a_period_without_movements(martins):
    give(martins, 2, until="2027-01-20")
    found = lines_of(martins, "2027-01-15", "2027-02-15")
    assert (found.count(), told(found[0:0])) == (0, [("lapsed", 1, -2, 0, 0)])
    assert told(list(found.oldest_first())) == [("lapsed", 1, -2, 0, 0)]
    assert found[0:0][0].at == on("2027-01-21 00:00")


@pytest.mark.parametrize(
    ("query", "told", "kept"),
    [
        ("?since=2027-02-31", "This is not a valid date. Use the format 31/12/2027.", "2027-02-31"),
        ("?on=soon", "This is not a valid date. Use the format 31/12/2027.", "soon"),
        ("?until=2027-01-12", "Choose a period that ends today or earlier.", "2027-01-12"),
        ("?since=2027-01-10&until=2027-01-09", "The first day must not be after the last day.", "2027-01-10"),
        ("?on=9999-12-31", "Choose a year between 2000 and 2100.", "9999-12-31"),
        ("?since=0001-01-01", "Choose a year between 2000 and 2100.", "0001-01-01"),
    ],
)
def test_bad_dates_are_named_and_kept(martins, claire, query, told, kept):
    page = read(claire, query, status=422)
    assert told in page
    assert f'value="{kept}"' in page


def test_dates_as_people_write_them(martins, claire):
    sell(martins, at="2026-12-01 12:00")
    assert len(rows(read(claire, "?since=01/12/2026&until=1.12.2026"))) == 1
    assert "No transactions from 2 December 2026 to 11 January 2027." in words(read(claire, "?since=2026-12-02"))


@pytest.mark.parametrize(
    ("language", "last_day"),
    [("en", "31 December 2027"), ("fr", "31 décembre 2027"), ("es", "31 de diciembre de 2027")],
)
def test_in_three_languages(martins, claire, language, last_day):
    give_tokens(martins)
    Person.objects.filter(pk=claire.pk).update(language=language)
    page = signed_in(claire).get("/my/statement/").content.decode().replace("\u00a0", " ")
    assert f'lang="{language}"' in page
    assert page.count(last_day) == 3  # the balance, and the gift: its line, and what is behind it


def test_it_is_linked(martins, claire, hugo, awa):
    give_tokens(martins)
    assert read(claire, page="/my/").count('href="/my/statement/"') == 2
    assert "/my/statement/" not in read(hugo, page="/my/")
    desk = f"/desk/customers/{martins.pk}/"
    assert f'href="{desk}statement/"' in read(awa, page=desk)
