"""O9: the owner refunds an order at the desk: chosen, shown, confirmed; and what its pages say."""

import pytest
import time_machine

from carnet.ledger.models import Lot
from carnet.people.models import Person
from carnet.repayments.models import Repayment
from carnet.till.models import Refund
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment, take
from tests.factories.orders import IBAN, lot_of, open_shop, pay, place
from tests.factories.people import signed_in
from tests.factories.refunds import refund


@pytest.fixture
def bought(claire, odile):
    Person.objects.update(language="en")
    claire.refresh_from_db()
    odile.refresh_from_db()
    open_shop()
    order = place(claire, put_on_sale())
    pay(order)
    return order


def typed(order, **changed):
    given = {"seen": "0", "what": "part", f"units_{lot_of(order).pk}": "5", "note": "We agreed.", "way": "back"}
    return given | changed


def test_O9_chosen_shown_and_confirmed(bought, odile):
    browser, page = signed_in(odile), f"/desk/orders/{bought.pk}/refund/"
    assert "Carnet no. 1: tickets" in browser.get(page).content.decode()
    shown = browser.post(page, typed(bought)).content.decode()
    assert "Carnet no. 1: refund of 5\u00a0tickets." in shown
    assert "€60.00 by bank transfer" in shown
    assert not Refund.objects.exists()
    answer = browser.post(page, typed(bought, confirmed="yes"), follow=True)
    made = Refund.objects.get()
    assert (made.unit_count, made.amount_cents, made.note.text) == (5, 6_000, "We agreed.")
    text = answer.content.decode()
    assert made.credit_note.number in text
    assert f"/desk/repayments/{Repayment.objects.get().pk}/" in text


def test_two_desks_that_saw_the_same_refund_once(bought, odile):
    browser, page = signed_in(odile), f"/desk/orders/{bought.pk}/refund/"
    for _ in range(2):
        browser.post(page, typed(bought, confirmed="yes"))
    browser.post(page, typed(bought, confirmed="yes", note="Another reason"))
    assert Refund.objects.count() == 1


def test_as_credit_or_to_an_account(bought, odile):
    browser, page = signed_in(odile), f"/desk/orders/{bought.pk}/refund/"
    assert "becomes the customer’s credit" in browser.post(page, typed(bought, way="credit")).content.decode()
    browser.post(page, typed(bought, confirmed="yes", iban=IBAN, account_holder="Claire Martin"))
    assert Repayment.objects.get().account.holder == "Claire Martin"
    browser.post(page, typed(bought, seen="1", confirmed="yes", way="credit"))
    assert Refund.objects.latest("pk").credit_cents == 6_000


@pytest.mark.parametrize(
    "changed", [{"iban": "FR76"}, {"note": ""}, {"what": "all", "way": "elsewhere"}, {"seen": "x"}]
)
def test_bad_input_changes_nothing(bought, odile, changed):
    page = f"/desk/orders/{bought.pk}/refund/"
    answer = signed_in(odile).post(page, typed(bought, confirmed="yes") | changed)
    assert (answer.status_code, Refund.objects.count()) == (200, 0)


def test_too_many_or_no_units(bought, odile):
    browser, page = signed_in(odile), f"/desk/orders/{bought.pk}/refund/"
    for count in ("21", "0", "-1"):
        answer = browser.post(page, typed(bought, confirmed="yes") | {f"units_{lot_of(bought).pk}": count})
        assert (answer.status_code, Refund.objects.count()) == (200, 0)


def test_what_is_over_says_so(bought, odile, claire):
    refund(bought)
    assert "Nothing is left to refund" in signed_in(odile).get(f"/desk/orders/{bought.pk}/refund/").content.decode()
    page = signed_in(claire).get(f"/my/orders/{bought.reference}/").content.decode()
    assert "What was not used of it has been refunded." in page
    assert "€240.00 comes by bank transfer to your account ending in 0189." in page


def test_reserved_units_are_told_before(martins, claire, bought, odile):
    take(claire, martins, 1, quantity=3, at="2027-02-27 12:00")
    shown = signed_in(odile).post(f"/desk/orders/{bought.pk}/refund/", typed(bought, what="all")).content.decode()
    assert "Carnet no. 1: 3\u00a0tickets reserved for open tickets" in shown


def test_O9_overview_and_statement_say_refunded_and_not_disputed(martins, claire, bought):
    take(claire, martins, 1, quantity=3, at="2027-02-27 12:00")
    refund(bought)
    assert Lot.objects.get().frozen_at
    with time_machine.travel(moment("2027-03-02 12:00"), tick=False):
        overview = signed_in(claire).get("/my/").content.decode()
        statement = signed_in(claire).get("/my/statement/").content.decode()
    assert "anything they reserved and don’t use is refunded too" in overview
    assert "Refunded: what is reserved can still be used" in statement
    assert "disputed" not in overview + statement
