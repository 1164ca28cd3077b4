"""O7: what holders and the team read of a dispute: on pages, in the statement, and by mail in three languages."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.invoices.models import Invoice
from carnet.mail.models import OutgoingMail
from carnet.payments.models import Dispute
from carnet.people.models import Person
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment, spend, take
from tests.factories.online import capture_told, pay_online
from tests.factories.orders import open_shop, place
from tests.factories.people import signed_in
from tests.factories.tickets import in_english
from tests.till.test_take_in_dispute import hear

pytestmark = pytest.mark.django_db
LIST = "/desk/paypal/disputes/"


@pytest.fixture
def bought(martins, claire):
    """20 tickets and 10.00 € too much; 5 were used."""
    open_shop()
    order = place(claire, put_on_sale())
    pay_online(order, capture_told(cents=25_000))
    take(claire, martins, 1, quantity=5, at="2027-02-27 12:00")
    spend(martins, 1, 5, at="2027-02-27 13:00")
    return order


def words(answer):
    assert answer.status_code == 200
    html = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def pages(person, order, at="2027-03-02 12:00"):
    """The overview, the order's page, the purchases and the statement."""
    with time_machine.travel(moment(at)):
        browser = in_english(person)
        paths = ("/my/", f"/my/orders/{order.reference}/", "/my/orders/", "/my/statement/")
        return [words(browser.get(path)) for path in paths]


def test_O7_a_holder_reads_what_is_frozen_and_what_to_do(claire, bought):
    hear(cents=25_000)
    overview, order, purchases, statement = pages(claire, bought)
    assert "Frozen: a payment is disputed Carnet no. 1, since 1 March 2027" in overview
    assert "Frozen since 1 March 2027 because the payment is disputed at PayPal." in overview
    assert "Carnet no. 1 15 frozen" in overview
    assert "5 used, 15 frozen, 0 left" in overview
    assert "close it in PayPal’s Resolution Centre: https://www.paypal.com/resolutioncenter" in overview
    assert "Your PayPal payment of €250.00 on 26 February 2027 has been disputed since 1 March 2027." in order
    assert "The rest of this purchase is frozen" in order
    assert "€10.00 of your credit came from this payment and can’t be used for now." in order
    assert ("Paid, and active" in order, "Invoice F" in order) == (False, True)
    assert "disputed" in purchases
    assert "its payment is disputed" in purchases
    assert "Frozen: the payment is disputed" in statement


def test_O7_won_the_pages_are_as_before(claire, bought):
    hear(cents=25_000)
    hear("won", "2027-03-13 12:00", 25_000)
    overview, order, purchases, statement = pages(claire, bought, "2027-03-14 12:00")
    assert ("rozen" in overview, "15 left" in overview, "disputed" in order) == (False, True, False)
    assert "Paid, and active" in order
    assert "the dispute is settled" in purchases
    assert "Can be used again: the payment is settled" in statement


def test_O7_lost_a_holder_reads_what_is_cancelled(claire, bought):
    hear(cents=25_000)
    hear("lost", "2027-03-20 12:00", 25_000)
    overview, order, purchases, statement = pages(claire, bought, "2027-03-21 12:00")
    assert "The payment was disputed and taken back: what was not used is cancelled." in overview
    assert "Cancelled: the payment was taken back" in order
    assert "PayPal returned €250.00 to the payer" in order
    assert "€10.00 of your credit came from this payment and can’t be used any more." in order
    assert "taken back" in purchases
    assert "Cancelled: the disputed payment was taken back" in statement


def test_O7_lost_and_less_than_a_unit_nothing_is_cancelled(claire, bought):
    Person.objects.update(language="en")
    hear("lost", "2027-03-20 12:00", 1_500)
    _overview, order, *_rest = pages(claire, bought, "2027-03-21 12:00")
    assert ("PayPal returned €15.00" in order, "has not been used is cancelled" in order) == (True, False)
    mail = OutgoingMail.objects.get(kind="till/dispute")
    assert ("is cancelled" in mail.text, "If this is a mistake, write to us." in mail.text) == (False, True)


def test_O7_lost_in_part_the_rest_is_there(claire, bought):
    hear("lost", "2027-03-20 12:00", 7_000)
    overview, *_rest = pages(claire, bought, "2027-03-21 12:00")
    assert "Part of the payment was taken back after a dispute" in overview
    assert "5 used, 5 refunded, 10 left" in overview


def test_O7_of_credit_alone_nothing_is_frozen(claire, bought):
    hear(cents=1_000)
    overview, order, _purchases, _statement = pages(claire, bought)
    assert ("rozen" in overview, "Paid, and active" in order) == (False, True)
    assert "€10.00 of your credit came from this payment" in order
    mail = OutgoingMail.objects.get(kind="till/dispute")
    assert ("gelé" in mail.text, "suivent leur cours" in mail.text) == (False, False)


def test_O7_hours_are_frozen_too(claire):
    Person.objects.update(language="en")
    open_shop()
    order = place(claire, put_on_sale("hours-5", 300, kind="hours"))
    pay_online(order)
    hear()
    overview, _order, _purchases, statement = pages(claire, order)
    assert "Hour pack no. 1, since 1 March 2027" in overview
    assert "of 5 h used, 5 h frozen" in overview
    hear("lost", "2027-03-05 12:00")
    overview, _order, _purchases, statement = pages(claire, order, "2027-03-06 12:00")
    assert "5 h refunded" in overview
    mail = OutgoingMail.objects.filter(kind="till/dispute").earliest("id")
    assert "Hour pack no. 1: 5 h frozen until the dispute is settled." in mail.text.replace("\u00a0", " ")
    assert "Cancelled: the disputed payment was taken back" in statement


def test_the_desk_has_a_list_the_open_ones_first(claire, bought, awa):
    with time_machine.travel(moment("2027-03-02 12:00")):
        browser = in_english(awa)
        page = words(browser.get(LIST))
    assert ("No disputes" in page, "Answer, by the day shown" in page) == (True, False)
    hear("won", cents=1_000, external_id="PP-D-9")
    hear(cents=25_000)
    with time_machine.travel(moment("2027-03-02 12:00")):
        page = words(browser.get(LIST))
    assert page.index("PP-D-1") < page.index("PP-D-9")
    assert "PP-D-1 disputed credit on hold: €10.00 unused part frozen Famille Martin" in page
    assert "Unauthorised 11 March 2027 €250.00" in page
    assert "PP-D-9 dispute won Famille Martin" in page
    assert "Answer, by the day shown, in PayPal’s Resolution Centre: https://www.paypal.com/resolutioncenter" in page
    hear("lost", "2027-03-20 12:00", 25_000)
    with time_machine.travel(moment("2027-03-20 12:00")):
        browser = in_english(awa)
        page = words(browser.get(LIST))
    note = Invoice.objects.get(kind="credit_note").number
    cancelled = f"taken back credit taken back: €10.00 cancelled: €180.00 Credit note {note} Famille Martin"
    assert cancelled in page
    assert "Answer, by the day shown" not in page  # all of them have ended
    hear("won", "2027-03-21 12:00", 25_000)
    with time_machine.travel(moment("2027-03-21 12:00")):
        page = words(browser.get(LIST))
    assert "cancelled before the dispute was won, may be returned as goodwill: €180.00" in page


def test_the_list_asks_as_much_for_three_as_for_one(bought, awa):
    browser, counts = in_english(awa), []
    hear("lost", cents=25_000)
    for number in (2, 3, 4):
        browser.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            browser.get(LIST)
        counts.append(len(asked))
        hear(cents=1_000, external_id=f"PP-D-{number}")
    assert counts[0] == counts[2]


def test_the_pages_of_order_and_customer_at_the_desk(martins, claire, bought, awa):
    browser = in_english(awa)
    paths = (f"/desk/orders/{bought.pk}/", f"/desk/customers/{martins.pk}/", f"/desk/customers/{martins.pk}/money/")
    assert not any("Disputes at PayPal" in words(browser.get(path)) for path in paths)
    hear(cents=25_000)
    for path in paths:
        page = words(browser.get(path))
        assert "Disputes at PayPal" in page
        assert "unused part frozen Unauthorised 11 March 2027 €250.00" in page


@pytest.mark.parametrize("who", ["claire", "ines"])
def test_customers_do_not_see_the_list(request, who, bought):
    assert signed_in(request.getfixturevalue(who)).get(LIST).status_code == 404


def test_the_list_is_only_read(awa):
    assert signed_in(awa).post(LIST).status_code == 405


@pytest.mark.parametrize(
    ("language", "subjects", "told"),
    [
        ("fr", ["Votre paiement PayPal est contesté", "Le litige sur votre paiement PayPal est réglé",
                "Votre paiement PayPal a été repris"], "gelé jusqu’au règlement du litige"),
        ("en", ["Your PayPal payment is disputed", "The dispute over your PayPal payment is settled",
                "Your PayPal payment was taken back"], "frozen until the dispute is settled"),
        ("es", ["Su pago con PayPal está en disputa", "La disputa por su pago con PayPal está resuelta",
                "Su pago con PayPal se ha retirado"], "congelado hasta que se resuelva"),
    ],
)  # fmt: skip
def test_O7_holders_and_owners_are_told_in_their_language(bought, odile, language, subjects, told):
    Person.objects.update(language=language)
    for state, at in (("open", "01"), ("won", "05"), ("lost", "20")):
        hear(state, f"2027-03-{at} 12:00", 25_000)
    mails = OutgoingMail.objects.filter(kind="till/dispute").order_by("id")
    assert [one.subject for one in mails] == subjects
    assert told in mails[0].text
    assert all(one.text.split("\n")[2] in one.html.replace("&nbsp;", "\u00a0") for one in mails)
    owners = OutgoingMail.objects.filter(kind="till/dispute_owner", to=odile.email)
    assert owners.count() == 3
    assert "resolutioncenter" in owners[0].text
    assert LIST in owners[0].html


def test_a_member_is_not_told(bought, hugo):
    hear(cents=25_000)
    assert not OutgoingMail.objects.filter(to=hugo.email).exists()


def test_by_when_to_answer_is_told_if_it_is_known(bought, odile):
    Person.objects.update(language="en")
    hear(cents=25_000)
    hear("won", "2027-03-05 12:00", 25_000)
    hear("open", "2027-03-06 12:00", 25_000, answer_by=None)
    first, _won, second = OutgoingMail.objects.filter(kind="till/dispute_owner").order_by("id")
    assert "Answer by 11 March 2027 in PayPal’s Resolution Centre." in first.text.replace("\u00a0", " ")
    assert "Answer in PayPal’s Resolution Centre." in second.text
    assert "Reason at PayPal: Unauthorised." in first.text


def test_O7_a_part_is_told_as_one(bought):
    Person.objects.update(language="en")
    hear(cents=7_000)
    mail = OutgoingMail.objects.get(kind="till/dispute")
    assert "€70.00 of your payment of €250.00" in mail.text
    assert "€10.00 of your credit came from this payment and can’t be used for now." in mail.text
    hear("won", "2027-03-05 12:00", 7_000)
    mail = OutgoingMail.objects.filter(kind="till/dispute").latest("id")
    assert "€10.00 of credit can be used again." in mail.text
    hear("open", "2027-03-06 12:00", 1_000)
    hear("lost", "2027-03-07 12:00", 1_000)
    assert Dispute.objects.get().credit_held_cents == 1_000


def test_O7_credit_lost_at_once_is_told(bought):
    Person.objects.update(language="en")
    hear("lost", cents=1_000)
    mail = OutgoingMail.objects.get(kind="till/dispute")
    assert "€10.00 of your credit came from this payment and can’t be used any more." in mail.text
