"""Gross, credit and due as a subtraction, wherever an order is shown."""

import re
import shutil
import subprocess

import pytest
import time_machine

from carnet.mail.models import OutgoingMail
from carnet.orders.queries import amounts, lists
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, open_shop, pay, place
from tests.factories.tickets import in_english
from tests.markup import tight

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(db):
    open_shop()
    with time_machine.travel(moment(AT), tick=False):
        yield


@pytest.fixture
def order(claire):
    """Of 240.00 €, of which 10.00 € of credit are used and 30.00 € are paid."""
    pay(place(claire, put_on_sale("tokens-1", 1, shared=False, price_cents=1_500)), 2_500)
    found = place(claire, put_on_sale())
    pay(found, 3_000)
    return found


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


SUBTRACTION = "Price including VAT €240.00 Credit used −€10.00 Already paid −€30.00"


def test_case_C6_the_pages_of_an_order_show_the_subtraction(order, claire, odile):
    mine = words(in_english(claire).get(f"/my/orders/{order.reference}/").content.decode())
    assert f"{SUBTRACTION} Still to pay €200.00" in mine
    assert f"{SUBTRACTION} Still to pay €200.00" in words(
        in_english(odile).get(f"/desk/orders/{order.pk}/").content.decode()
    )


def test_case_C6_lists_show_what_credit_took_off(order, claire, odile):
    for reader, path in ((claire, "/my/orders/"), (odile, "/desk/orders/"), (odile, "/desk/customers/1/")):
        path = path.replace("/1/", f"/{order.customer_id}/")
        assert "€240.00 −€10.00 credit = €230.00" in words(in_english(reader).get(path).content.decode()), path


def test_case_C6_mails_show_the_subtraction(order):
    price = "Price including VAT: €240.00 Your credit: −€10.00"
    said = {"orders/placed": "To pay: €230.00", "till/rest_missing": "Already paid: −€30.00 To pay: €200.00"}
    for kind, rest in said.items():
        mail = OutgoingMail.objects.filter(kind=kind).latest("id")
        assert f"{price} {rest}" in words(mail.text)
        assert f"{price} {rest}".replace(":", "") in words(mail.html)


def test_case_C6_the_slip_shows_the_subtraction(order, claire):
    document = in_english(claire).get(f"/my/orders/{order.reference}/slip/").content
    read = subprocess.run(
        [shutil.which("pdftotext") or "pdftotext", "-layout", "-", "-"], input=document, capture_output=True, check=True
    )
    text = " ".join(read.stdout.decode().split())
    assert f"{SUBTRACTION} Amount €200.00" in text


def test_case_C6_the_search_finds_either_amount(order):
    for amount in ("240", "240,00", "230"):
        assert list(lists.orders_found(words=amount)) == [order]
    assert list(lists.orders_found(words="10")) == []


def test_case_C6_a_plain_price_is_no_subtraction(claire):
    found = place(claire, put_on_sale())
    page = words(in_english(claire).get(f"/my/orders/{found.reference}/").content.decode())
    assert "Price including VAT" not in page
    assert "credit =" not in words(in_english(claire).get("/my/orders/").content.decode())


def test_what_is_missing_of_several_orders_is_what_is_missing_of_each(order, claire):
    second = place(claire, put_on_sale("tokens-5", 5, shared=False, price_cents=7_000))
    both = [order, second]
    assert amounts.missing_of(both) == {one.pk: amounts.missing_cents(one) for one in both} == {
        order.pk: 20_000, second.pk: 7_000,
    }  # fmt: skip


def test_case_C13_the_payment_form_of_a_paid_order_is_folded_away(order, odile):
    browser = in_english(odile)

    def main() -> str:
        page: str = browser.get(f"/desk/orders/{order.pk}/").content.decode()
        return page.split("<main", 1)[1].split("</main>", 1)[0]

    assert "Record another payment" not in main()
    pay(order, 20_000)
    page = main()
    folded = re.search(
        r'<details class="sheet">\s*<summary>Record another payment</summary>(.*?)</details>', page, re.S
    )
    assert folded
    assert "<form" in folded[1]
    assert "<form" not in page.replace(folded[0], "")
    wrong = browser.post(f"/desk/orders/{order.pk}/payment/", {"amount_cents": "x"}).content.decode()
    assert '<details class="sheet" open><summary>Record another payment' in tight(wrong)
