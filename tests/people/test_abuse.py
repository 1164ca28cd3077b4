"""What a hostile visitor or customer tries with sign-up, codes and invitations."""

import datetime
import re
from collections import Counter

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carnet.limits.models import Count
from carnet.mail import rules as mail_rules
from carnet.mail.actions import TooManyMails
from carnet.mail.models import OutgoingMail
from carnet.people import rules
from carnet.people.actions import customers, invitations
from carnet.people.models import Invitation, Person
from tests.factories.hashers import CountingHasher
from tests.factories.people import BEGAN, make_person
from tests.factories.tickets import in_english

pytestmark = pytest.mark.django_db
SIGN_UP = "/en/account/signup/"
TYPED = {
    "name": "Léa Morel",
    "kind": "household",
    "customer_name": "Famille Morel",
    "email": "lea@example.org",
    "password1": "the tall garden gate",
}
CODE, RESET = "/en/account/login/code/", "/en/account/password/reset/"


@pytest.fixture(autouse=True)
def _no_limits_from_before():
    cache.clear()


def found(person, number, at=BEGAN):
    return customers.create_customer(
        kind="company", name=f"Company {number}", language="en", person=person, by=person.as_actor(), at=at
    )


def invite(customer, by, email, at=BEGAN, number=0):
    key = f"{number:032x}"
    return invitations.invite(
        customer=customer, email=email, role="member", language="en", by=by.as_actor(), at=at, key=key
    )


def test_case_G2_one_person_founds_few_customers_a_day(claire):
    for number in range(rules.CUSTOMERS_OF_ONE_PERSON.most - 1):  # the household is one
        found(claire, number)
    with pytest.raises(customers.TooManyCustomers):
        found(claire, 99)
    assert found(claire, 1).name == "Company 1"
    assert found(claire, 99, at=BEGAN + datetime.timedelta(days=1)).name == "Company 99"


def test_case_G2_a_further_customer_is_refused_on_its_page(claire):
    browser = in_english(claire)
    pages = [browser.post("/my/new/", {"kind": "company", "customer_name": f"Company {n}"}) for n in range(6)]
    assert [page.status_code for page in pages] == [302] * 5 + [200]
    assert "You have opened several accounts today" in pages[-1].content.decode()


def test_case_G2_one_person_invites_so_many_for_all_their_customers(martins, claire):
    second = found(claire, 1)
    for number in range(40):
        at = BEGAN + datetime.timedelta(hours=number // 25)
        invite((martins, second)[number % 2], claire, f"victim{number}@example.org", at=at, number=number)
    with pytest.raises(invitations.TooManyInvitations) as refused:
        invite(second, claire, "victim99@example.org", at=at, number=99)
    assert refused.value.values == {"limit": 40}


def test_case_G2_one_address_gets_three_invitations_a_day(martins, robledo, claire, ines):
    for number, (customer, by) in enumerate([(martins, claire), (robledo, ines), (martins, claire)]):
        invite(customer, by, "victim@example.org", number=number)
    with pytest.raises(TooManyMails):
        invite(robledo, ines, "victim@example.org", number=9)
    assert (OutgoingMail.objects.count(), Invitation.objects.count()) == (3, 3)


def test_case_G2_an_invitation_carries_no_address_and_no_long_name(martins, claire):
    claire.name = "Win big at https://casino.example.com/now"
    claire.save()
    martins.name = "www.loans.example.com " + "very long " * 9
    martins.save()
    invite(martins, claire, "victim@example.org")
    mail = OutgoingMail.objects.get()
    assert mail.subject.startswith("Win big at ")
    assert "“very long very long very long very long…”" in mail.subject
    assert not re.search("casino|loans", mail.text + mail.html)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Claire Martin", "Claire Martin"),
        ("Dr. J.P. O’Neill & Söhne", "Dr. J.P. O’Neill & Söhne"),
        ("buy.at.evil.com", "…"),
        ("x@evil.com Ann", "Ann"),
        ("evil\uff0ecom Ann", "Ann"),
        ("evil。com Ann", "Ann"),
        ("WWW.evil Ann", "Ann"),
        ("A\r\nB\u202e", "A B"),
        ("é" * 60, "é" * 39 + "…"),
    ],
)
def test_case_G2_names_in_mails_to_strangers(name, shown):
    assert rules.name_in_mail(name) == shown


def test_case_G6_a_victim_gets_no_more_than_a_few_mails_an_hour_and_a_day(client):
    make_person("Léa", email="lea@example.org")
    for page in (CODE, RESET) * 10:
        cache.clear()
        client = Client()
        answer = client.post(page, {"email": "lea@example.org"})
    assert OutgoingMail.objects.filter(to="lea@example.org").count() == mail_rules.TO_ONE_ADDRESS[0].most
    assert "Too many messages were requested" in answer.content.decode()
    cache.clear()
    answer = Client().post(SIGN_UP, {**TYPED, "email": "lea@example.org"})
    assert "Too many messages were requested" in answer.content.decode()


def test_case_G6_somebody_unknown_is_answered_the_same(client):
    make_person("Léa", email="lea@example.org")
    answers = []
    for email in ("lea@example.org", "nobody@example.org"):
        statuses = []
        for _ in range(10):
            cache.clear()
            statuses.append(Client().post(CODE, {"email": email}).status_code)
        answers.append(statuses)
    assert answers[0] == answers[1] == [302] * 8 + [200] * 2


def test_case_G6_a_new_code_once_more_counts_too(client):
    client.post(SIGN_UP, TYPED)
    for _ in range(2):
        cache.clear()
        client.post("/en/account/confirm-email/", {"action": "resend"})
    for _ in range(5):
        cache.clear()
        Client().post(CODE, {"email": "lea@example.org"})
    cache.clear()
    assert Client().post(CODE, {"email": "lea@example.org"}).status_code == 200


@pytest.mark.parametrize(("page", "confirm"), [(CODE, f"{CODE}confirm/"), (SIGN_UP, "/en/account/confirm-email/")])
def test_case_G4_a_code_once_more_costs_and_counts_the_same(page, confirm):
    make_person("Léa", email="lea@example.org")
    works = []
    for email in ("lea@example.org", "nobody@example.org"):
        cache.clear()
        browser = Client()
        browser.post(page, {**TYPED, "email": email})
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            assert browser.post(confirm, {"action": "resend"}).status_code == 302
        written = (re.match(r'(INSERT INTO|UPDATE) "?(\w+)', query["sql"]) for query in captured)
        works.append(Counter(found.group() for found in written if found))
    assert works[0] == works[1]
    assert works[0]['INSERT INTO "mail_outgoingmail'] + works[0]["INSERT INTO mail_outgoingmail"] == 1
    used = Count.objects.filter(name=mail_rules.TO_ONE_ADDRESS[0].name).values_list("used", flat=True)
    assert list(used) == [2, 2]


def test_case_G6_a_visitor_asks_for_so_many_whoever_gets_them():
    for number in range(40):
        cache.clear()
        Client().post(CODE, {"email": f"victim{number}@example.org"})
    assert OutgoingMail.objects.count() == mail_rules.BY_ONE_VISITOR[0].most


def test_case_G1_a_name_typed_with_a_strangers_address_is_not_called(client):
    client.post(SIGN_UP, {**TYPED, "name": "casino.example.com"})
    mail = OutgoingMail.objects.get()
    assert "casino" not in mail.subject + mail.text + mail.html


def work_of(page, typed):
    """How often a password was hashed, and what the database was asked, by kind and table."""
    cache.clear()
    browser = Client()
    browser.get(page)
    CountingHasher.made = 0
    with CaptureQueriesContext(connection) as captured:
        assert browser.post(page, typed).status_code == 302
    statements = (re.match(r'(INSERT INTO|UPDATE) "?(\w+)', query["sql"]) for query in captured)
    return CountingHasher.made, Counter(found.group() for found in statements if found)


@pytest.mark.parametrize("page", [SIGN_UP, CODE, RESET, "/en/account/login/"])
def test_case_G4_known_and_unknown_addresses_cost_the_same(settings, page, claire):
    settings.PASSWORD_HASHERS = ["tests.factories.hashers.CountingHasher"]
    make_person("Léa", email="lea@example.org", password="the tall garden gate")
    if page.endswith("login/"):
        hashed = []
        for login in ("lea@example.org", claire.email, "nobody@example.org"):
            CountingHasher.made = 0
            cache.clear()
            Client().post(page, {"login": login, "password": "wrong"})
            hashed.append(CountingHasher.made)
        assert hashed == [1, 1, 1]
        return
    known = work_of(page, {**TYPED, "email": "lea@example.org"})
    unknown = work_of(page, {**TYPED, "email": "nobody@example.org"})
    assert known == unknown
    assert not Person.objects.exclude(email__in=["lea@example.org", claire.email, "nobody@example.org"]).exists()


def test_case_G3_a_household_with_ipv6_is_one_visitor_to_the_limit_of_sign_in(claire):
    """It has 2^64 addresses, and each counted as a visitor of its own."""
    page = "/en/account/login/"
    for number in range(12):
        typed = {"login": f"nobody{number}@example.org", "password": "wrong"}
        Client(REMOTE_ADDR=f"2001:db8:1:2::{number:x}").post(page, typed)
    said = [
        "Too many attempts" in Client(REMOTE_ADDR=visitor).post(page, {"login": claire.email, "password": "wrong"}).text
        for visitor in ("2001:db8:1:2:ffff::9", "2001:db8:1:3::9")
    ]
    assert said == [True, False]
