import pytest

from carnet.people.actions import customers
from tests.factories.people import BEGAN, make_customer, make_member, membership_of, signed_in
from tests.words import french

SWITCH = "/my/switch/"
NOT_THERE = "You don’t have access to this account."


@pytest.fixture
def club(martins, claire):
    return make_customer(claire, "Zen Club", kind="company")


def acts_for(browser):
    return browser.get("/my/people/").context["membership"].customer


def test_P4_a_person_chooses_for_whom_they_act(martins, club, claire):
    browser = signed_in(claire)
    assert acts_for(browser) == martins
    response = browser.post(SWITCH, {"membership": membership_of(claire, club).pk})
    assert (response.status_code, acts_for(browser)) == (302, club)
    browser.post(SWITCH, {"membership": membership_of(claire, martins).pk})
    assert acts_for(browser) == martins


@pytest.mark.parametrize("wanted", ["", "0", "x" * 100_000, "\0", "-1"])
def test_a_membership_that_is_none(martins, club, claire, wanted):
    browser = signed_in(claire)
    assert _told(browser, wanted) == french(NOT_THERE)
    assert acts_for(browser) == martins


def test_another_customers_is_none_either(martins, claire, robledo, ines):
    assert _told(signed_in(claire), membership_of(ines, robledo).pk) == french(NOT_THERE)


def _told(browser, wanted):
    browser.post(SWITCH, {"membership": wanted})
    return "".join(str(message) for message in browser.get("/my/people/").context["messages"])


def test_P3_a_customer_one_was_removed_from_is_left_at_once(martins, club, claire, hugo):
    make_member(club, hugo)
    browser = signed_in(hugo)
    browser.post(SWITCH, {"membership": membership_of(hugo, club).pk})
    assert acts_for(browser) == club
    customers.remove_member(membership_of(hugo, club), by=claire.as_actor(), at=BEGAN)
    assert acts_for(browser) == martins


def test_the_head_of_the_page_offers_the_others(martins, club, claire, hugo):
    assert f'value="{membership_of(claire, club).pk}"' in signed_in(claire).get("/my/people/").content.decode()
    assert SWITCH not in signed_in(hugo).get("/my/people/").content.decode()


def test_switching_is_a_post_for_customers(client, claire, awa):
    assert signed_in(claire).get(SWITCH).status_code == 302
    assert signed_in(awa).post(SWITCH).status_code == 404
    assert client.post(SWITCH).status_code == 302
