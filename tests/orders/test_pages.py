"""Orders, payments and invoices as pages and tables."""

import csv
import io
import re
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.template import Engine
from django.test.utils import CaptureQueriesContext

from carnet.invoices import actions as invoices
from carnet.invoices.models import Invoice
from carnet.invoices.shown import documents
from carnet.orders.actions import waiting
from carnet.orders.models import InvoiceRequest, Order, OrderBuyer, OrderMeans
from carnet.orders.queries import lists
from carnet.orders.shown import states
from carnet.people.models import Person
from carnet.provider import actions as provider
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, buyer, open_shop, pay, place
from tests.factories.people import signed_in
from tests.factories.tickets import in_english
from tests.forms import form_to, forms_in
from tests.invoices import issuing
from tests.markup import tight

pytestmark = pytest.mark.django_db
LISTS = ["/my/orders/", "/desk/orders/?all=on", "/desk/payments/", "/desk/invoices/", "/desk/orders/csv/",
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
            issuing.credit(pay_whole(claire, twenty).settlement.invoice, 5_000)
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
        assert list(lists.orders_found(words=words)) == [first]
    for words in ("robledo", "550"):
        assert list(lists.orders_found(words=words)) == [second]
    assert list(lists.orders_found(words="nobody")) == []
    pay(first)
    assert list(lists.orders_found()) == [second]
    assert list(lists.orders_found(only_open=False)) == [second, first]


def test_case_C18_tables_for_people_in_their_language(claire, odile, twenty):
    order = place(claire, twenty, buyer=buyer("=Claire"))
    pay(order, payer="=1+1", document_number="0001234567890123456", bank="12/03")
    browser = in_english(odile)
    head, row = rows_of(browser, "/desk/orders/csv/")
    assert head[0] == "Reference"
    assert row == [
        order.reference, "2027-02-26", "Famille Martin", "tokens-20", "240.00", "40.00", "0.00", "paid",
        "Bank transfer", "2027-03-28", "F2027-000001",
    ]  # fmt: skip
    assert rows_of(browser, "/desk/payments/csv/")[1] == [
        "2027-02-26", "Famille Martin", "Bank transfer", "240.00", order.reference, "'=1+1", "'12/03",
        "'0001234567890123456", "", "", "", "", "", "",
    ]  # fmt: skip
    issuing.credit(order.settlement.invoice, 12_000)
    assert rows_of(browser, "/desk/invoices/csv/") == [
        ["Number", "Type", "Corrects", "Date", "Customer", "Excluding VAT", "VAT", "Total"],
        ["A2027-000001", "Credit note", "F2027-000001", "2027-03-09", "Famille Martin", "-100.00", "-20.00", "-120.00"],
        ["F2027-000001", "Invoice", "", "2027-02-26", "Famille Martin", "200.00", "40.00", "240.00"],
    ]
    Person.objects.filter(pk=odile.pk).update(language="fr")
    head, row = rows_of(signed_in(odile), "/desk/orders/csv/")
    assert (head[0], row[4], row[7], row[8]) == ("Référence", "240,00", "payée", "Virement")


def test_numbers_of_another_customer_are_not_found(claire, ines, twenty):
    order = place(claire, twenty)
    pay(order)
    stranger = signed_in(ines)
    issuing.credit(order.settlement.invoice, 100)
    for path in (
        f"orders/{order.reference}", f"orders/{order.reference}/slip", "invoices/F2027-000001",
        "invoices/F2027-000001/xml", "invoices/A2027-000001", "invoices/A2027-000001/xml",
    ):  # fmt: skip
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


def test_case_A9_a_company_is_asked_for_its_siren(ines, twenty):
    browser, page = in_english(ines), "/my/order/tokens-20/"
    assert 'SIREN<span class="optional">' not in tight(browser.get(page).content.decode())
    typed = {
        "means": "transfer", "accept_terms": "on", "name": "Atelier", "street": "1 rue Haute", "postcode": "67000",
        "city": "Strasbourg", "country": "FR",
    }  # fmt: skip
    sent = form_to(browser, page, page).filled(**typed)
    shown = browser.post(page, sent).content.decode()
    assert "The invoice of a company in France needs its SIREN" in shown
    assert not Order.objects.exists()
    assert "The SIREN in it is 552100554" in browser.post(page, {**sent, "siren": "55210055400013"}).content.decode()
    assert browser.post(page, {**sent, "has_no_siren": "on"}).status_code == 302


def test_case_V3_the_edition_of_another_offer_is_not_ordered(claire, twenty):
    browser = in_english(claire)
    sent = form_to(browser, "/my/order/tokens-20/", "/my/order/tokens-20/").filled()
    other = put_on_sale("tokens-50", 50, price_cents=55_000)
    typed = {"means": "transfer", "accept_terms": "on", "name": "Claire", "country": "FR"}
    page = browser.post("/my/order/tokens-20/", {**sent, **typed, "edition": other.pk})
    assert (page.status_code, Order.objects.count()) == (200, 0)
    assert "The offer has changed since you opened this page." in page.content.decode()
    again = next(one for one in forms_in(page.content.decode(), "/my/order/tokens-20/") if "edition" in one.filled())
    assert again.filled()["edition"] == str(twenty.pk)


def test_the_slip_and_the_invoice_in_french(claire, twenty):
    browser = in_english(claire)
    order = place(claire, twenty, means="cheque")
    assert browser.get(f"/my/orders/{order.reference}/slip/").content.startswith(b"%PDF")
    pay(order)
    assert browser.get(f"/my/orders/{order.reference}/slip/").status_code == 404
    for query in ("", "?language=fr"):
        assert browser.get(f"/my/invoices/F2027-000001/{query}").content.startswith(b"%PDF")


def test_O8_credit_notes_stand_beside_their_invoice_on_both_sides(claire, awa, twenty):
    order = place(claire, twenty)
    pay(order)
    invoice = order.settlement.invoice
    for cents in (5_000, 12_000):
        issuing.credit(invoice, cents)
    numbers = ["F2027-000001", "A2027-000001", "A2027-000002"]
    assert [one.number for one in Order.objects.get().documents] == numbers
    for browser, side, page in (
        (in_english(claire), "my", f"/my/orders/{order.reference}/"),
        (in_english(awa), "desk", f"/desk/orders/{order.pk}/"),
    ):  # fmt: skip
        answer = browser.get(page)
        shown = answer.content.decode()
        assert re.findall(rf'href="/{side}/invoices/([\w-]+)/"', shown) == numbers
        assert re.findall(rf'href="/{side}/invoices/([\w-]+)/xml/"', shown) == numbers
        assert "Credit note A2027-000002 (PDF)" in words_of(answer)
        assert '<span class="nowrap">A2027-000002</span>' in shown
        assert "−€120.00" in shown
    listed = in_english(claire).get("/my/orders/").content.decode()
    assert re.findall(r'href="/my/invoices/([\w-]+)/"', listed) == numbers
    desk = in_english(awa).get("/desk/invoices/").content.decode()
    assert re.findall(r'href="/desk/invoices/([AF][\w-]+)/"', desk) == numbers[::-1]
    assert (desk.count("corrects F2027-000001"), desk.count("−€120.00")) == (2, 1)


def test_O8_found_by_the_number_of_a_credit_note_and_of_what_it_corrects(claire, ines, twenty):
    order, other = place(claire, twenty), place(ines, twenty)
    for one in (order, other):
        pay(one)
    note = issuing.credit(order.settlement.invoice, 5_000)
    for words in ("A2027-000001", "a2027", order.reference, "F2027-000001"):
        assert set(lists.invoices_found(words)) == {order.settlement.invoice, note}
    for words in ("A2027-000001", "a2027", "F2027-000001"):
        assert list(lists.orders_found(words=words, only_open=False)) == [order]


def test_O8_an_invoice_before_payment_is_one_of_the_order(claire, twenty):
    order = place(claire, twenty)
    invoice = issuing.issue(order.customer, cause=order.cause)
    InvoiceRequest.objects.create(invoice=invoice, order=order, at=moment(AT))
    note = issuing.credit(invoice, reason="unpaid")
    assert Order.objects.get().documents == [invoice, note]
    assert list(lists.orders_found(words=note.number)) == [order]
    assert set(lists.invoices_found(order.reference)) == {invoice, note}
    waiting.cancel_order(order=order, by=TEST, at=moment(AT))
    shown = signed_in(claire).get(f"/my/orders/{order.reference}/").content.decode()
    assert re.findall(r'href="/my/invoices/([\w-]+)/"', shown) == [invoice.number, note.number]


def test_O8_the_xml_for_accounting_software(claire, awa, twenty):
    pay(place(claire, twenty))
    for browser, side in ((signed_in(claire), "my"), (signed_in(awa), "desk")):
        answer = browser.get(f"/{side}/invoices/F2027-000001/xml/")
        assert answer.content == documents.xml_of(Invoice.objects.get())
        assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="F2027-000001.xml"'
        assert browser.get(f"/{side}/invoices/F2027-000002/xml/").status_code == 404
    invoices.empty_invoices([Invoice.objects.get().pk], by=TEST, at=moment("2038-01-01 12:00"))
    for file in ("", "xml/"):
        assert signed_in(awa).get(f"/desk/invoices/F2027-000001/{file}").status_code == 404


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
    assert (refused.status_code, "Nothing was changed" in refused.content.decode()) == (409, True)
    assert "paid for a cancelled order" in browser.get("/my/orders/").content.decode()


def pay_whole(orderer, edition):
    order = place(orderer, edition)
    if order.asked_cents:
        pay(order, order.asked_cents)
    return order


def test_a_customer_s_orders_refunds_and_credit_hang_under_purchases(claire, ines, twenty):
    order = place(claire, twenty)
    pay(order, 25_000)  # 10.00 too much, which is credit
    browser = in_english(claire)
    for path in (f"/my/orders/{order.reference}/", "/my/repayments/", "/my/credit/"):
        assert '<a href="/my/orders/" aria-current="true">Purchases</a>' in tight(browser.get(path).content.decode())


def words_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("\u00a0", " ").split())


def test_case_E5_the_order_page_says_what_the_law_wants_before_the_button(claire, ines, twenty):
    """The price including VAT, credit as a subtraction, what a ticket covers, the request with its acknowledgement."""
    pay(place(claire, twenty), 25_000)  # 10.00 too much
    page = words_of(in_english(claire).get("/my/order/tokens-20/"))
    for said in (
        "Price including VAT €240.00 Your credit −€10.00 To pay €230.00",
        "A ticket covers one subject and up to 30 min of work",
        "The validity runs from the day on which you can use it",
        "I expressly ask you to start before the withdrawal period of 14 days ends",
        "in proportion to the price. I acknowledge that I lose my right of withdrawal",
        "Order with obligation to pay",
    ):
        assert said in page
    company = words_of(in_english(ines).get("/my/order/tokens-20/"))
    assert ("Price including VAT €240.00" in company, "I expressly ask" in company) == (True, False)


@pytest.mark.parametrize(
    ("per", "said"),
    [("lot", "the first ticket opened on it counts for at least"), ("ticket", "a ticket counts for at least")],
)
def test_case_E5_hours_say_what_is_indivisible(claire, per, said):
    put_on_sale("hours-5", 300, kind="hours", price_cents=20_000)
    provider.change_setting(name="indivisible_per", value=per, by=TEST, at=moment("2027-02-01 12:00"))
    assert said in words_of(in_english(claire).get("/my/order/hours-5/"))


def test_case_E5_without_vat_the_price_is_the_price(claire, twenty):
    provider.change_company(fields={"vat_scheme": "franchise"}, by=TEST, at=moment("2027-02-01 12:00"))
    page = words_of(in_english(claire).get("/my/order/tokens-20/"))
    assert ("Price €240.00" in page, "including VAT" in page) == (True, False)


def test_case_E5_the_later_page_says_what_was_agreed(claire, ines, twenty):
    browser = in_english(claire)
    order = place(claire, twenty)
    page = words_of(browser.get(f"/my/orders/{order.reference}/"))
    for said in ("Terms of sale, version 1", "Until 12 March 2027", "You expressly asked us to start"):
        assert said in page
    html = browser.get(f"/my/orders/{order.reference}/").content.decode()
    assert f"/en/withdraw/declare/?order={order.reference}" in html
    patient = place(claire, twenty, express_request=False)
    assert "You did not ask us to start" in words_of(browser.get(f"/my/orders/{patient.reference}/"))
    waiting.cancel_order(order=order, by=TEST, at=moment(AT))
    assert "Right of withdrawal" not in words_of(browser.get(f"/my/orders/{order.reference}/"))
    pay(patient)
    with time_machine.travel(moment("2027-03-13 12:00"), tick=False):
        assert "It ended on 12 March 2027" in words_of(in_english(claire).get(f"/my/orders/{patient.reference}/"))
    business = place(ines, twenty)
    page = words_of(in_english(ines).get(f"/my/orders/{business.reference}/"))
    assert ("Terms of sale, version 1" in page, "Right of withdrawal" in page) == (True, False)


def test_case_D3_the_page_says_when_it_can_be_used(claire, twenty):
    browser = in_english(claire)
    at_once, later = place(claire, twenty), place(claire, twenty, express_request=False)
    assert "as soon as your transfer has arrived." in browser.get(f"/my/orders/{at_once.reference}/").content.decode()
    assert "and not before" in browser.get(f"/my/orders/{later.reference}/").content.decode()


def test_the_page_has_a_part_for_each_state_and_no_other(monkeypatch):
    monkeypatch.setattr(states, "has_gone_back", lambda order: getattr(order, "is_back", False))
    engine = Engine.get_default()
    orders = [Order(state=state) for state in Order.State]
    disputed = Order(state=Order.State.SETTLED)
    disputed.disputed_as = "dispute:open"  # type: ignore[attr-defined]
    bounced = Order(state=Order.State.SETTLED)
    bounced.disputed_as = "bounce:open"  # type: ignore[attr-defined]
    back = Order(state=Order.State.SETTLED)
    back.is_back = True  # type: ignore[attr-defined]
    orders += [disputed, bounced, back]
    parts = {engine.get_template(states.part_of(order)).origin.name for order in orders}
    (folder,) = {Path(part).parent for part in parts}
    assert parts == {str(file) for file in folder.iterdir()}
    assert len(parts) == len(orders)


def test_the_page_of_a_waiting_order_has_a_part_for_each_means_and_no_other():
    engine = Engine.get_default()
    parts = {engine.get_template(f"orders/customer/paying/{means}.html").origin.name for means in OrderMeans.values}
    (folder,) = {Path(part).parent for part in parts}
    assert parts == {str(file) for file in folder.iterdir()}


def test_case_D5_the_desk_is_told_before_it_issues_what_it_cannot_show(claire, awa, twenty):
    order = place(claire, twenty)
    page = f"/desk/orders/{order.pk}/"
    desk = in_english(awa)
    assert "can’t show the buyer’s name in full" not in desk.get(page).content.decode()
    OrderBuyer.objects.filter(order=order).update(name="Claire 🖨️ ร้าน")  # ordered before such names were refused
    text = desk.get(page).content.decode()
    assert "The invoice can’t show the buyer’s name in full" in text
    assert "has “🖨️ร้าน”" in text


def test_case_D5_a_customer_is_told_which_sign_can_not_be_printed(claire, twenty):
    browser = in_english(claire)
    form = browser.get("/my/order/tokens-20/").context["form"]
    sent = {
        "key": form["key"].value(), "edition": form["edition"].value(), "terms": form["terms"].value(),
        "name": "Claire 🖨️", "country": "FR", "means": "transfer", "accept_terms": "on",
    }  # fmt: skip
    assert "“🖨️” can’t be printed on an invoice." in browser.post("/my/order/tokens-20/", sent).content.decode()


def test_case_D7_the_slip_of_a_demo_is_marked_across(claire, twenty, settings):
    order = place(claire, twenty)
    slip = f"/my/orders/{order.reference}/slip/"
    browser = in_english(claire)
    assert "SPECIMEN" not in issuing.words(browser.get(slip).content, "-raw")
    settings.IS_DEMO = True
    assert "SPECIMEN" in issuing.words(browser.get(slip).content, "-raw")
