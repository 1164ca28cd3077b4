"""Orders, payments and invoices as pages and tables."""

import csv
import io

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.orders import queries
from carnet.orders.models import Order
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, buyer, open_shop, pay, place
from tests.factories.people import signed_in
from tests.factories.tickets import in_english

pytestmark = pytest.mark.django_db
LISTS = ["/my/purchases/", "/desk/orders/?all=on", "/desk/payments/", "/desk/invoices/", "/desk/orders/csv/",
         "/desk/payments/csv/", "/desk/invoices/csv/"]  # fmt: skip


@pytest.fixture(autouse=True)
def _shop(db):
    open_shop()
    with time_machine.travel(moment(AT), tick=False):
        yield


@pytest.fixture
def twenty(db):
    return put_on_sale()


def rows_of(browser, path):
    return list(csv.reader(io.StringIO(browser.get(path).content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("path", LISTS)
def test_lists_ask_as_much_for_three_rows_as_for_one(path, claire, odile, twenty):
    browser = signed_in(claire if path.startswith("/my/") else odile)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            pay(place(claire, twenty))
        browser.get(path)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert browser.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_orders_are_found_by_any_part_of_reference_name_and_amount(claire, ines, twenty):
    first = place(claire, twenty, buyer=buyer("Claire M."))
    second = place(ines, put_on_sale("tokens-50", 50, price_cents=55_000), buyer=buyer("Atelier"))
    for words in (first.reference, first.reference_shown.lower(), first.reference[5:9], "mart", "claire m", "240,00"):
        assert list(queries.orders_found(words=words)) == [first]
    for words in ("robledo", "550"):
        assert list(queries.orders_found(words=words)) == [second]
    assert list(queries.orders_found(words="nobody")) == []
    pay(first)
    assert list(queries.orders_found()) == [second]
    assert list(queries.orders_found(only_open=False)) == [second, first]


def test_tables_for_the_accountant(claire, odile, twenty):
    order = place(claire, twenty, buyer=buyer("=Claire"))
    pay(order, payer="=1+1")
    browser = signed_in(odile)
    assert rows_of(browser, "/desk/orders/csv/")[1] == [
        order.reference, "2027-02-26", "Famille Martin", "tokens-20", "240,00", "40,00", "settled", "transfer",
        order.expires_at.isoformat(), "F2027-000001",
    ]  # fmt: skip
    assert rows_of(browser, "/desk/payments/csv/")[1][2:7] == [
        "Famille Martin", "transfer", "240,00", str(order.pk), "'=1+1",
    ]  # fmt: skip
    assert rows_of(browser, "/desk/invoices/csv/")[1] == [
        "F2027-000001", "2027-02-26", "Famille Martin", "200,00", "40,00", "240,00",
    ]  # fmt: skip


def test_numbers_of_another_customer_are_not_found(claire, ines, twenty):
    order = place(claire, twenty)
    pay(order)
    stranger = signed_in(ines)
    for path in (f"orders/{order.reference}", f"orders/{order.reference}/slip", "invoices/F2027-000001"):
        assert stranger.get(f"/my/{path}/").status_code == 404
    assert stranger.post(f"/my/orders/{order.reference}/credit/").status_code == 404


def test_a_price_changed_since_the_page_was_shown_orders_nothing_and_keeps_what_was_typed(claire, twenty):
    browser = in_english(claire)
    page = browser.get("/my/order/tokens-20/")
    form = page.context["form"]
    sent = {
        "key": form["key"].value(), "edition": form["edition"].value(), "terms": form["terms"].value(),
        "name": "Claire M.", "country": "FR", "means": "cheque", "accept_terms": "on",
    }  # fmt: skip
    put_on_sale(price_cents=25_000, at=moment("2027-02-26 11:59"))
    answer = browser.post("/my/order/tokens-20/", sent)
    text = answer.content.decode()
    assert "The offer has changed since you opened this page. Nothing was ordered" in text
    assert ('value="Claire M."' in text, "€250.00" in text.replace("\u00a0", " ")) == (True, True)
    assert not Order.objects.exists()
    again = {**sent, "edition": answer.context["form"]["edition"].value()}
    assert browser.post("/my/order/tokens-20/", again).status_code == 302
    assert Order.objects.get().price_cents == 25_000


def test_the_slip_and_the_invoice_in_french(claire, twenty):
    browser = in_english(claire)
    order = place(claire, twenty, means="cheque")
    assert browser.get(f"/my/orders/{order.reference}/slip/").content.startswith(b"%PDF")
    pay(order)
    assert browser.get(f"/my/orders/{order.reference}/slip/").status_code == 404
    for query in ("", "?language=fr"):
        assert browser.get(f"/my/invoices/F2027-000001/{query}").content.startswith(b"%PDF")


def test_only_the_owner_records_money(claire, awa, odile, twenty):
    order = place(claire, twenty)
    assert "payment/" not in in_english(awa).get(f"/desk/orders/{order.pk}/").content.decode()
    assert signed_in(awa).post(f"/desk/orders/{order.pk}/payment/").status_code == 404
    assert (
        f'action="/desk/orders/{order.pk}/payment/"'
        in in_english(odile).get(f"/desk/orders/{order.pk}/").content.decode()
    )


def test_an_order_is_cancelled_by_its_customer_or_at_the_desk(claire, ines, awa, odile, twenty):
    first, second = place(claire, twenty), place(claire, twenty)
    browser = in_english(claire)
    path = f"/my/orders/{first.reference}/cancel/"
    assert f'action="{path}"' in browser.get(f"/my/orders/{first.reference}/").content.decode()
    assert signed_in(ines).post(path).status_code == 404
    page = browser.post(path, follow=True).content.decode()
    assert ("This order has been cancelled" in page, f'action="{path}"' in page) == (True, False)
    told = in_english(awa).post(f"/desk/orders/{second.pk}/cancel/", follow=True).content.decode()
    assert "Order cancelled; the customer is told by e-mail." in told
    assert not Order.objects.open().exists()
    desk = in_english(odile)
    assert "Fully paid: any further payment becomes credit." in desk.get(f"/desk/orders/{second.pk}/").content.decode()
    typed = {"key": "a" * 32, "means": "transfer", "amount_cents": "240", "received_on": "2027-02-26"}
    recorded = desk.post(f"/desk/orders/{second.pk}/payment/", typed, follow=True).content.decode()
    assert "Recorded as the customer’s credit." in recorded
    refused = in_english(awa).post(f"/desk/orders/{pay_whole(claire, twenty).pk}/cancel/")
    assert (refused.status_code, "can’t be cancelled" in refused.content.decode()) == (409, True)
    assert "paid for a cancelled order" in browser.get("/my/purchases/").content.decode()


def pay_whole(orderer, edition):
    order = place(orderer, edition)
    if order.asked_cents:
        pay(order, order.asked_cents)
    return order
