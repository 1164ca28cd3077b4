"""Cheques at the desk: announced, put on a numbered slip, handed in, cleared, bounced."""

from functools import partial
from io import BytesIO

import pikepdf
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from zeal import zeal_ignore

from carnet.audit.models import Entry
from carnet.cheques import actions, queries
from carnet.cheques.models import ChequeAnnouncement, DepositedCheque, DepositSlip
from carnet.cheques.shown import slips
from carnet.kernel import keys
from carnet.kernel.once import KeyReused
from carnet.orders.actions import announcing, waiting
from carnet.orders.models import Order
from carnet.orders.queries import announcements
from carnet.payments.actions import receiving
from carnet.payments.rules.received import Received
from carnet.people.models import Person
from carnet.provider import actions as provider
from carnet.till.actions import bouncing, crediting, recording, undoing
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import day, moment
from tests.factories.orders import AT, open_shop, pay, place
from tests.factories.people import BEGAN
from tests.factories.processes import all_at_once
from tests.factories.tickets import in_english
from tests.till.test_disputes import words

pytestmark = pytest.mark.django_db
MADE = "2027-03-01 12:00"
ROOM = "/desk/cheques/"


@pytest.fixture(autouse=True)
def _in_english(claire, odile):
    Person.objects.update(language="en")


@pytest.fixture
def twenty(db):
    open_shop()
    return put_on_sale()


@pytest.fixture
def cheques(claire, twenty):
    """Three, with drawer, bank and number."""
    return [
        pay(place(claire, twenty, means="cheque"), payer=f"Tireur {n}", bank="Crédit", document_number=f"000{n}")
        for n in (1, 2, 3)
    ]


def make(payments, at=MADE, key=None):
    numbers = [one.pk for one in payments]
    return actions.make_deposit_slip(payments=numbers, by=TEST, at=moment(at), key=key or keys.new_key())


def deposit(slip, on="2027-03-02", at="2027-03-02 12:00"):
    return actions.deposit_slip(slip=slip, deposited_on=day(on), by=TEST, at=moment(at))


def bounce(payment, at="2027-03-03 12:00"):
    return bouncing.bounce_cheque(payment=payment, bounced_on=day(at[:10]), by=TEST, at=moment(at))


def clear(payment, on="2027-03-03"):
    return recording.clear_cheque(payment=payment, cleared_on=day(on), by=TEST, at=moment(f"{on} 12:00"))


def states():
    return {state: [one.pk for one in queries.cheques(state)] for state in queries.STATES if queries.cheques(state)}


def test_slips_are_numbered_by_year_without_a_gap(cheques):
    first, second, third = cheques
    slip = make([second, first])
    assert (slip.number, slip.cheque_count, slip.total_cents, slip.account_holder) == (
        "R2027-0001", 2, 48_000, "AIDE SARL",
    )  # fmt: skip
    assert list(DepositedCheque.objects.order_by("position").values_list("payment", flat=True)) == [first.pk, second.pk]
    with pytest.raises(actions.ChequeNotToDeposit):
        make([first, third])
    assert make([third], "2027-02-28 12:00").number == "R2027-0002"
    assert DepositSlip.objects.latest("id").made_on == day("2027-03-01")  # never before the one before
    assert Entry.objects.filter(code="deposit_slip.made").count() == 2


def test_a_new_year_begins_with_1(cheques):
    make(cheques[:1])
    assert make(cheques[1:], "2028-01-01 00:00").number == "R2028-0001"


def test_the_same_key_gives_the_first_slip(cheques):
    slip = make(cheques[:2], key="k")
    assert make(cheques[:2], key="k") == slip
    with pytest.raises(KeyReused):
        make(cheques, key="k")


def test_what_fits_on_no_slip_is_refused(claire, twenty, cheques):
    with pytest.raises(actions.NothingToDeposit):
        make([])
    bounce(cheques[0])
    clear(cheques[1])
    undoing.undo_payment(payment=pay(place(claire, twenty, means="cheque"), 100), reason="x", by=TEST, at=moment(MADE))
    transfer = pay(place(claire, twenty))
    for one in (*cheques[:2], transfer, receiving.Payment.objects.get(undone__isnull=False)):
        with pytest.raises(actions.ChequeNotToDeposit):
            make([one])
    with pytest.raises(actions.TooManyCheques):
        actions.make_deposit_slip(payments=range(1, 42), by=TEST, at=moment(MADE), key="many")
    provider.change_company(fields={"iban": "", "bic": ""}, by=TEST, at=BEGAN)
    with pytest.raises(actions.SlipAccountMissing):
        make(cheques[2:])


def test_a_slip_is_handed_in_once_on_a_day_that_can_be(cheques):
    slip = make(cheques)
    for wrong in ("2027-02-28", "2027-03-03"):
        with pytest.raises(actions.DepositedBeforeMade):
            deposit(slip, wrong)
    assert deposit(slip).deposited_on == day("2027-03-02")
    assert deposit(slip, "2027-03-05", "2027-03-05 12:00").deposited_on == day("2027-03-02")
    assert Entry.objects.filter(code="deposit_slip.deposited").count() == 1


def test_cheques_by_how_far_they_are(cheques):
    first, second, third = (one.pk for one in cheques)
    assert states() == {"to_deposit": [first, second, third]}
    slip = make(cheques)
    assert states() == {"on_slip": [first, second, third]}
    with pytest.raises(recording.SlipNotDeposited):
        recording.clear_slip(slip=slip, cleared_on=day("2027-03-03"), by=TEST, at=moment("2027-03-03 12:00"))
    deposit(slip)
    assert states() == {"deposited": [first, second, third]}
    bounce(cheques[0])
    cleared = partial(
        recording.clear_slip, slip=slip, cleared_on=day("2027-03-03"), by=TEST, at=moment("2027-03-03 12:00")
    )
    assert [one.pk for one in cleared()] == [second, third]
    assert cleared() == []
    assert states() == {"bounced": [first], "cleared": [third, second]}
    assert list(queries.slips()) == [slip]


def test_a_cheque_on_a_slip_is_not_corrected(cheques):
    make(cheques)
    with pytest.raises(undoing.ChequeOnSlip):
        undoing.undo_payment(payment=cheques[0], reason="x", by=TEST, at=moment(MADE))


def test_a_cheque_for_no_order_clears_and_bounces_with_its_credit(martins, twenty):
    money = Received("cheque", 5_000, day("2027-02-26"))
    payment = crediting.record_unallocated_payment(customer=martins, money=money, by=TEST, at=moment(AT), key="a")
    clear(payment)
    bounce(payment)
    assert payment.disputes.get().credit_held_cents == 5_000


def test_the_slip_for_the_bank(cheques):
    pdf = pikepdf.open(BytesIO(slips.slip_pdf(make(cheques))))
    assert len(pdf.pages) == 1
    assert str(pdf.docinfo["/Title"]) == "Bordereau de remise de chèques R2027-0001"


@pytest.mark.django_db(transaction=True)
def test_two_desks_at_once_a_cheque_is_on_one_slip(cheques):
    results = all_at_once([partial(make, cheques[:2]), partial(make, cheques[1:]), partial(make, cheques)])
    assert sum(isinstance(one, DepositSlip) for one in results) == 1
    assert (DepositSlip.objects.count(), DepositSlip.objects.get().number) == (1, "R2027-0001")


# Announced


def announce(order, number="", key=None, at=AT):
    return announcing.announce_cheque(
        order=order, cheque_number=number, by=TEST, at=moment(at), key=key or keys.new_key()
    )


def test_a_cheque_is_announced_until_it_comes(claire, twenty):
    order = place(claire, twenty, means="cheque")
    first = announce(order, " 0001 ", "k")
    assert (announce(order, "0001", "k"), first.cheque_number) == (first, "0001")
    with pytest.raises(KeyReused):
        announce(order, "0002", "k")
    last = announce(order, "0002")
    assert (list(announcements.announced()), announcements.last_of(order)) == ([last], last)
    pay(order)
    assert (list(announcements.announced()), announcements.last_of(order)) == ([], None)
    with pytest.raises(waiting.OrderNotWaiting):
        announce(order)


def test_a_cheque_that_pays_a_bounced_one_again_is_announced_too(claire, twenty):
    order = place(claire, twenty, means="cheque")
    bounce(pay(order))
    last = announce(order, at="2027-03-04 12:00")
    assert list(announcements.announced()) == [last]


def test_the_customer_announces_it_on_the_page_of_the_order(claire, twenty):
    order = place(claire, twenty, means="cheque")
    page = f"/my/orders/{order.reference}/"
    with time_machine.travel(moment(AT)):
        browser = in_english(claire)
        assert "I have sent my cheque" in words(browser.get(page))
        answer = browser.post(f"{page}cheque/", {"key": keys.new_key(), "cheque_number": "77"})
        assert (answer.status_code, ChequeAnnouncement.objects.get().cheque_number) == (302, "77")
        assert "that your cheque is on its way. We are expecting it." in words(browser.get(page))
        browser.post(f"{page}cheque/", {"key": "wrong"})
    assert ChequeAnnouncement.objects.count() == 1


# The room


def test_the_room_shows_each_state(claire, twenty, cheques, odile):
    announce(place(claire, twenty, means="cheque"), "0009")
    with time_machine.travel(moment("2027-03-03 12:00")):
        browser = in_english(odile)
        assert "0009" in words(browser.get(f"{ROOM}?state=announced"))
        page = words(browser.get(ROOM))
        assert ("Tireur 1 · Crédit · 0001" in page, "Make a deposit slip" in page) == (True, True)
        numbers = [one.pk for one in cheques]
        answer = browser.post(f"{ROOM}slips/make/", {"key": keys.new_key(), "payments": numbers})
        slip = DepositSlip.objects.get()
        where = f"{ROOM}slips/{slip.pk}/"
        assert (answer.status_code, answer["Location"]) == (302, where)
        assert "Record as handed in" in words(browser.get(where))
        assert "No cheque is waiting to be deposited" in words(browser.get(ROOM))
        assert slip.number in words(browser.get(f"{ROOM}?state=on_slip"))
        assert browser.get(f"{where}pdf/")["Content-Type"] == "application/pdf"
        assert "not in the future" in words(browser.post(f"{where}deposited/", {"deposited_on": "2027-03-04"}))
        assert "not been handed in yet" in words(browser.post(f"{where}cleared/", {"cleared_on": "2027-03-03"}))
        assert browser.post(f"{where}deposited/", {"deposited_on": "2027-03-03"}).status_code == 302
        bounced = f"/desk/payments/{cheques[0].pk}/bounced/"
        assert "counter-entry" in words(browser.get(bounced))
        assert "not in the future" in words(browser.post(bounced, {"bounced_on": "2027-03-04"}))
        assert browser.post(bounced, {"bounced_on": "2027-03-03"}).status_code == 302
        assert "This cheque is recorded as bounced" in words(browser.get(bounced))
        with zeal_ignore():  # each cheque is a transaction of its own, so that no two customers are locked together
            assert browser.post(f"{where}cleared/", {"cleared_on": "2027-03-03"}).status_code == 302
        assert "to be paid again by 2 April 2027" in words(browser.get(f"{ROOM}?state=bounced"))
        assert "cleared 3 March 2027" in words(browser.get(f"{ROOM}?state=cleared"))
        assert slip.number in words(browser.get(f"{ROOM}slips/"))
        page = words(browser.post(f"{ROOM}slips/make/", {"key": keys.new_key()}, follow=True))
        assert "Choose the cheques for the slip." in page
        assert browser.post(f"{ROOM}slips/make/", {"key": "x"}).status_code == 302


@pytest.mark.parametrize("state", ["to_deposit", "on_slip", "bounced"])
def test_the_room_asks_as_much_for_three_as_for_one(claire, twenty, odile, state):
    browser, counts = in_english(odile), []
    for _count in range(3):
        payment = pay(place(claire, twenty, means="cheque"))
        if state == "on_slip":
            make([payment])
        if state == "bounced":
            bounce(payment)
        browser.get(f"{ROOM}?state={state}")
        with CaptureQueriesContext(connection) as asked:
            browser.get(f"{ROOM}?state={state}")
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_agents_look_and_only_owners_record(awa, cheques):
    browser = in_english(awa)
    assert "Make a deposit slip" not in words(browser.get(ROOM))
    assert browser.post(f"{ROOM}slips/make/", {}).status_code in (403, 404)


def test_O7_the_customer_reads_what_happened_and_pays_again(claire, cheques):
    order = cheques[0].cause_id
    bounce(cheques[0])
    reference = Order.objects.get(pk=order).reference
    with time_machine.travel(moment("2027-03-04 12:00")):
        browser = in_english(claire)
        page = words(browser.get(f"/my/orders/{reference}/"))
        assert "Frozen: the bank returned your cheque unpaid" in page
        assert "Please pay €240.00 by 2 April 2027 ." in page
        assert ("PayPal" in page, "returned unpaid" in page) == (False, True)
        assert "Frozen since 3 March 2027 because the bank returned your cheque unpaid." in words(browser.get("/my/"))
        assert "Frozen: the cheque was returned unpaid" in words(browser.get("/my/statement/"))
        answer = browser.post(f"/my/orders/{reference}/means/", {"means": "transfer"})
        assert answer.status_code == 302
        assert "Pay by bank transfer" in words(browser.get(f"/my/orders/{reference}/"))
        assert browser.get(f"/my/orders/{reference}/slip/").status_code == 200
    for dispute in bouncing.bounces.bounces_over(moment("2027-04-03 12:00")):
        bouncing.cancel_unpaid(dispute=dispute, by=TEST, at=moment("2027-04-03 12:00"))
    with time_machine.travel(moment("2027-04-04 12:00")):
        browser = in_english(claire)
        page = words(browser.get(f"/my/orders/{reference}/"))
        assert ("Cancelled: your cheque was not paid" in page, "Credit note A" in page) == (True, True)
        assert "Cancelled: the cheque was returned unpaid" in words(browser.get("/my/statement/"))
