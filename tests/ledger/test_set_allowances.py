"""The page on which a holder says how much each member may draw from a shared lot (L9)."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from carnet.audit.models import Entry
from carnet.ledger import queries
from carnet.ledger.actions import sharing
from carnet.ledger.models import Allowance
from carnet.people.actions import customers
from tests.factories.ledger import TEST, give, give_trial, moment, sell, spend, take
from tests.factories.people import make_member, make_person, membership_of, signed_in
from tests.factories.tickets import in_english
from tests.markup import tight

AT = moment("2027-01-11 12:00")


@pytest.fixture
def lea(martins):
    person = make_person("Léa Martin", email="lea@example.org")
    make_member(martins, person)
    return person


def address(lot):
    return reverse("my:ledger:set_allowances", args=[lot.number])


def limits(lot):
    return {one.person.first_name: one.units for one in Allowance.objects.filter(lot=lot).select_related("person")}


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("\u00a0", " ").split())


def typed(person, limit="all", units=""):
    return {f"limit_{person.pk}": limit, f"units_{person.pk}": units}


# The action.


def test_all_of_them_or_nobody(martins, hugo, lea, ines):
    lot = sell(martins, 20)
    assert sharing.set_allowances(lot=lot, allowances={hugo: 3, lea: 0}, by=TEST, at=AT) == [hugo, lea]
    with pytest.raises(sharing.NotAMember):
        sharing.set_allowances(lot=lot, allowances={hugo: 5, ines: 1}, by=TEST, at=AT)
    assert limits(lot) == {"Hugo": 3, "Léa": 0}


def test_what_stays_as_it_was_is_not_written(martins, hugo, lea):
    lot = sell(martins, 20)
    sharing.set_allowances(lot=lot, allowances={hugo: 3, lea: None}, by=TEST, at=AT)
    assert sharing.set_allowances(lot=lot, allowances={hugo: 3, lea: 2}, by=TEST, at=AT) == [lea]
    assert Entry.objects.filter(code="allowance.set").count() == 2


# What the page shows.


def test_L9_what_each_has_drawn_and_may(martins, claire, hugo, lea):
    lot = sell(martins, 20)
    make_member(martins, make_person("Paul Comptable"), role="buyer")
    take(hugo, martins, 1, quantity=3)
    spend(martins, 1, 2)
    take(claire, martins, 2)
    sharing.set_allowances(lot=lot, allowances={hugo: 5, lea: 0}, by=TEST, at=AT)
    found = [(one.membership.person, one.drawn, one.limit) for one in queries.shares_of(lot)]
    assert found == [(claire, 1, None), (hugo, 3, 5), (lea, 0, 0)]
    page = in_english(claire).get(address(lot))
    assert "Who can use carnet no. 1? Left for everyone: 16 tickets of 20 tickets" in words(page)
    assert "Claire Martin : 1 ticket so far" in words(page)
    shown = [
        (row.share.membership.person, row.share.drawn, row.limit.value(), row.units.value())
        for row in page.context["form"].rows
    ]
    assert shown == [(hugo, 3, "some", 5), (lea, 0, "none", None)]


def test_a_limit_of_a_holder_to_be_is_lifted(martins, claire, hugo):
    lot = sell(martins, 20)
    sharing.set_allowance(lot=lot, person=hugo, units=1, by=TEST, at=AT)
    customers.change_role(membership_of(hugo, martins), role="holder", by=claire.as_actor(), at=AT)
    assert [(one.membership.person, one.limit) for one in queries.shares_of(lot)] == [(claire, None), (hugo, None)]
    assert "No members to limit yet" in words(in_english(claire).get(address(lot)))


def test_who_was_removed_is_not_there_and_comes_back_with_their_limit(martins, claire, hugo, lea):
    lot = sell(martins, 20)
    take(hugo, martins)
    sharing.set_allowances(lot=lot, allowances={hugo: 3}, by=TEST, at=AT)
    customers.remove_member(membership_of(hugo, martins), by=claire.as_actor(), at=AT)
    browser = in_english(claire)
    page = browser.get(address(lot))
    assert ("Hugo" in words(page), "Léa" in words(page)) == (False, True)
    assert browser.post(address(lot), {**typed(hugo, "none"), **typed(lea, "some", "2")}).status_code == 302
    assert limits(lot) == {"Hugo": 3, "Léa": 2}
    make_member(martins, hugo)
    assert browser.get(address(lot)).context["form"].rows[0].units.value() == 3


def test_as_many_queries_for_one_member_as_for_three(martins, claire, hugo, lea):
    lot = sell(martins, 20)
    customers.remove_member(membership_of(lea, martins), by=claire.as_actor(), at=AT)
    counts = []
    browser = signed_in(claire)
    browser.get(address(lot))
    for name in ("", "Zoé Martin", "Noé Martin"):
        if name:
            make_member(martins, make_person(name))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert browser.get(address(lot)).status_code == 200
        counts.append(len(captured))
    assert len(set(counts)) == 1


@pytest.mark.parametrize("language", ["fr", "en", "es"])
@pytest.mark.parametrize("kind", ["tokens", "minutes", "trial"])
def test_in_three_languages(martins, claire, hugo, language, kind):
    lot = {
        "tokens": lambda: sell(martins, 20),
        "minutes": lambda: sell(martins, 300, unit="minute"),
        "trial": lambda: give_trial(martins),
    }[kind]()
    claire.language = language
    claire.save()
    page = signed_in(claire).get(address(lot))
    assert (page.status_code, page.headers["Content-Language"]) == (200, language)


def test_the_holder_finds_it_beside_the_carnet(martins, claire, hugo):
    sell(martins, 20, at="2026-11-23 12:00")
    link = '<a href="/my/units/1/sharing/">Who can use it'
    assert link in tight(in_english(claire).get("/my/").content.decode())
    assert link not in tight(in_english(hugo).get("/my/").content.decode())


def test_the_overview_says_whether_there_are_limits(martins, claire, hugo):
    lot, browser = sell(martins, 20), in_english(claire)
    for units, words in ((3, "Shared, within the limits"), (None, "Shared: everyone in your account")):
        sharing.set_allowance(lot=lot, person=hugo, units=units, by=TEST, at=AT)
        assert words in browser.get("/my/").content.decode()
    sharing.set_allowance(lot=lot, person=hugo, units=3, by=TEST, at=AT)
    customers.remove_member(membership_of(hugo, martins), by=claire.as_actor(), at=AT)
    assert "Shared: everyone in your account" in browser.get("/my/").content.decode()


# What is saved.


def test_L9_the_holder_limits_shuts_out_and_sets_free(martins, claire, hugo, lea):
    lot, browser = sell(martins, 20), signed_in(claire)
    assert browser.post(address(lot), {**typed(hugo, "some", "3"), **typed(lea, "none")}).status_code == 302
    assert limits(lot) == {"Hugo": 3, "Léa": 0}
    assert browser.post(address(lot), {**typed(hugo, "all", "3"), **typed(lea, "some", "20")}).status_code == 302
    assert limits(lot) == {"Léa": 20}
    entry = Entry.objects.filter(code="allowance.set").order_by("pk").first()
    assert (entry.actor_kind, entry.actor_id, entry.customer_id) == ("person", claire.pk, martins.pk)


def test_a_second_submit_changes_nothing(martins, claire, hugo):
    lot, browser = sell(martins, 20), signed_in(claire)
    for _ in range(2):
        assert browser.post(address(lot), typed(hugo, "some", "3")).status_code == 302
    assert Entry.objects.filter(code="allowance.set").count() == 1


@pytest.mark.parametrize(
    ("limit", "units"),
    [
        ("some", ""),
        ("some", "0"),
        ("some", "-1"),
        ("some", "21"),
        ("some", "9" * 30),
        ("some", "three"),
        ("some", "1.5"),
        ("all", "3"),
        ("none", "3"),
        ("all", "three"),
    ],
)
def test_bad_numbers_are_told_at_their_field_and_kept(martins, claire, hugo, lea, limit, units):
    lot = sell(martins, 20)
    page = signed_in(claire).post(address(lot), {**typed(hugo, limit, units), **typed(lea, "none")})
    form = page.context["form"]
    assert (page.status_code, list(form.errors)) == (422, [f"units_{hugo.pk}"])
    assert (form[f"units_{hugo.pk}"].value(), form[f"limit_{lea.pk}"].value()) == (units, "none")
    assert limits(lot) == {}


@pytest.mark.parametrize("limit", ["", "many", "\0"])
def test_a_limit_that_does_not_exist(martins, claire, hugo, limit):
    page = signed_in(claire).post(address(sell(martins, 20)), typed(hugo, limit, "3"))
    assert (page.status_code, list(page.context["form"].errors)) == (422, [f"limit_{hugo.pk}"])


# Who may.


def test_only_a_holder_and_only_shared_lots_of_theirs(martins, claire, hugo, ines, awa, odile, client):
    lot, personal = sell(martins, 20), give(martins, 1, person=hugo)
    for person in (hugo, ines, awa, odile):
        for method in ("get", "post"):
            assert getattr(signed_in(person), method)(address(lot)).status_code == 404
    assert client.get(address(lot)).status_code == 302
    assert signed_in(claire).get(address(personal)).status_code == 404
    assert signed_in(claire).put(address(lot)).status_code == 405
    assert signed_in(claire).get("/my/units/99999999999999999999/sharing/").status_code == 404


def test_a_number_of_two_customers_is_ones_own(martins, robledo, claire, hugo, ines):
    lot, other = sell(martins, 20), sell(robledo, 20)
    assert lot.number == other.number
    assert signed_in(ines).post(address(lot), typed(hugo, "none")).status_code == 302
    assert (limits(lot), limits(other)) == ({}, {})
