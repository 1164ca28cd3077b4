"""The demo's story, played into an empty database on a Sunday at three in the morning, when nobody is at the desk."""

import datetime
import io
import json
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import F

from carnet.cheques.models import DepositSlip
from carnet.invoices.models import Invoice
from carnet.jobs.models import Job
from carnet.ledger.models import Lot, Movement
from carnet.mail.models import OutgoingMail
from carnet.orders.models import Activation, InvoiceRequest, Order, OrderLine, Settlement
from carnet.payments import queries as payments
from carnet.payments.models import CreditMovement, Dispute, OnlineReceipt
from carnet.people.models import Customer, Invitation, Membership, Person
from carnet.proof.models import VerificationRun
from carnet.provider import queries as provider
from carnet.repayments.models import Repayment
from carnet.schedule import queries as schedule
from carnet.schedule.rules import OpeningHours
from carnet.tickets.models import ContactMessage, Draft, Rating, Ticket
from carnet.till.models import Refund, Withdrawal
from carnet.work.models import RunningWork, WorkSession
from demo.paypal import keeping
from demo.paypal.account import PaypalAccount
from demo.year import buying, story, today
from tests.factories.people import signed_in
from tests.factories.tickets import in_english
from tests.servers import free_port

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
SUNDAY = datetime.datetime(2027, 1, 10, 3, tzinfo=PARIS)


@pytest.mark.timeout(900)
@time_machine.travel(SUNDAY, tick=False)
def test_the_whole_story(settings, tmp_path, client):
    settings.VAR_DIR = tmp_path
    settings.PAYPAL_STAND_IN = f"http://127.0.0.1:{free_port()}"
    settings.VIES_STAND_IN = f"http://127.0.0.1:{free_port()}"
    printed = io.StringIO()
    call_command("seed_demo", stdout=printed)

    who_paid_at_the_stand_in_is_known_there(tmp_path)
    assert VerificationRun.objects.get().all_agrees
    call_command("verify", stdout=io.StringIO())
    assert provider.setting("holidays_of") == "FR-6AE"

    the_people_and_their_questions_are_there()
    what_was_sold_is_there()
    the_desk_of_today_is_there()

    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"kept"}
    assert Job.objects.live().count() == 0

    everybody_signs_in_and_sees_their_pages(tmp_path, printed.getvalue(), client)

    with pytest.raises(CommandError, match="There are people already"):
        call_command("seed_demo")


def who_paid_at_the_stand_in_is_known_there(folder):
    """Four households, when the demo begins; its owner need not connect it."""
    account = PaypalAccount()
    keeping.load(account, folder / "paypal.json")
    receipts = OnlineReceipt.objects.select_related("payment")
    assert {one.capture_id for one in receipts} == set(account.captures)
    assert len(account.captures) == 4
    assert {one.status for one in account.captures.values()} == {"COMPLETED", "PARTIALLY_REFUNDED"}
    assert payments.online_access().webhook_id in account.webhooks
    assert max(one.created_at for one in account.captures.values()) < SUNDAY


def the_people_and_their_questions_are_there():
    kinds = Customer.objects.values_list("kind", flat=True)
    assert (len(kinds) >= 30, set(kinds)) == (True, {"household", "company"})
    assert sorted(Person.objects.exclude(staff="").values_list("staff", flat=True)) == ["agent"] * 4 + ["owner"]
    assert set(Membership.objects.values_list("role", flat=True)) == {"holder", "member", "buyer"}
    assert Membership.objects.exclude(ended_at=None).count() == 2
    assert Invitation.objects.unanswered().filter(expires_at__gt=SUNDAY).count() == 1

    months = {(at.year, at.month) for at in Ticket.objects.values_list("opened_at", flat=True)}
    assert (Ticket.objects.count() >= 300, len(months) >= 12) == (True, True)
    assert set(Ticket.objects.values_list("state", flat=True)) == {"open", "asked_back", "answered", "closed"}
    assert WorkSession.objects.standing().filter(kind="offered").exists()
    assert Ticket.objects.filter(closures__price_tokens=2).exists()
    assert Rating.objects.exclude(comment="").exists()
    assert [one.suspect for one in ContactMessage.objects.order_by("at")] == [False, False, True, False, False]

    assert Lot.objects.filter(origin="goodwill", last_day__gt=SUNDAY, spent=1, available=F("quantity") - 1).exists()
    assert Lot.objects.filter(origin="goodwill", last_day__lt=SUNDAY, available__gt=0).exists()
    assert Lot.objects.filter(origin="trial", last_day__lt=SUNDAY, available__gt=0).exists()


def what_was_sold_is_there():
    """Paid, waiting, given up, to choose; what fell asleep, woke up and was extended."""
    assert set(Order.objects.values_list("state", flat=True)) == set(Order.State)
    # One company has its invoice before it pays (O8).
    assert Invoice.objects.filter(kind="invoice").count() == Settlement.objects.count() + 1 >= 30
    assert InvoiceRequest.objects.get().order.state == "waiting"
    assert set(Invoice.objects.filter(kind="credit_note").values_list("facts__reason", flat=True)) == {
        "withdrawal", "refund", "bounced",
    }  # fmt: skip
    assert set(Dispute.objects.values_list("kind", "state")) == {("bounce", "won"), ("bounce", "lost")}
    assert OrderLine.objects.filter(vat_category="AE", vat_cents=0).exists()
    assert DepositSlip.objects.count() >= 5
    assert set(Refund.objects.values_list("reason", flat=True)) == {"withdrawal", "owner"}
    assert Withdrawal.objects.get().is_carried_out
    assert set(Repayment.objects.values_list("means", "state")) == {("transfer", "sent"), ("paypal", "sent")}
    assert {"surplus", "paid_twice", "used"} <= set(CreditMovement.objects.values_list("reason", flat=True))
    assert Lot.objects.filter(origin="purchased", last_day__lt=SUNDAY, available__gt=0).exists()
    assert {"L5", "L6"} <= set(Movement.objects.filter(kind="last_day").values_list("rule", flat=True))
    assert Activation.objects.filter(at__gt=F("line__order__settlement__at")).exists()  # after the withdrawal period


def the_desk_of_today_is_there():
    """Alive although it is closed."""
    assert not schedule.opening_hours(SUNDAY).is_open(SUNDAY)
    waiting = Ticket.objects.in_queue()
    assert waiting.filter(due_at__lt=SUNDAY).exists()
    assert waiting.filter(opened_at__gt=SUNDAY - datetime.timedelta(hours=2)).count() == 2
    assert Ticket.objects.waiting_for_cover().count() >= 2
    assert (RunningWork.objects.count(), Draft.objects.count()) == (1, 1)
    assert Ticket.objects.exclude(passed_to=None).filter(asked_by__name="Émile Roy").exists()


def everybody_signs_in_and_sees_their_pages(folder, printed, client):
    accounts = json.loads((folder / "sign-in.json").read_text("utf-8"))
    assert [account["role"] for account in accounts[:5]] == ["owner", "agent", "agent", "agent", "agent"]
    assert {account["role"] for account in accounts[5:]} == {"holder", "member"}
    assert [account["email"] for account in accounts if account["email"] not in printed] == []
    for account in accounts:
        assert Person.objects.get(email=account["email"]).check_password(account["password"])
    claire = Person.objects.get(email="claire.morel@example.org")
    page = signed_in(claire).get("/my/").content.decode()
    assert '<a class="stub spent" href="/my/tickets/' in page
    assert 'class="ring' in page
    assert (
        "Expiring soon" in in_english(Person.objects.get(email="lucia.ortega@example.org")).get("/my/").content.decode()
    )
    odile = Person.objects.get(email="odile@example.org")
    assert [signed_in(odile).get(f"/desk/{name}/").status_code for name in ("queue", "customers", "audit")] == [200] * 3
    assert client.get("/demo/outbox/").context["page"].paginator.count == OutgoingMail.objects.count()


def test_without_a_paypal_nobody_pays_there(settings):
    told = story.Story(SUNDAY)
    with buying.paypal_beside(told):
        assert told.paypal is None
    assert payments.online_access() is None


def test_not_on_a_live_site(settings):
    settings.MODE = "live"
    with pytest.raises(CommandError, match="This is a live site"):
        call_command("seed_demo")
    assert Person.objects.count() == 0


@pytest.mark.parametrize(
    ("until", "minutes", "since"),
    [
        ("2027-01-11 15:00", 30, "2027-01-11 14:30"),
        ("2027-01-11 14:00", 60, "2027-01-11 12:00"),  # over noon
        ("2027-01-11 09:05", 95, "2027-01-09 10:30"),  # on Monday morning: of Saturday
        ("2027-01-10 03:00", 12, "2027-01-09 11:48"),
        ("2027-01-02 10:00", 61, "2026-12-31 18:29"),  # New Year is closed
    ],
)
def test_minutes_of_opening_time_ago(until, minutes, since):
    morning = (datetime.time(9), datetime.time(12, 30))
    afternoon = (datetime.time(13, 30), datetime.time(18, 30))
    weekly = dict.fromkeys(range(5), (morning, afternoon)) | {5: ((datetime.time(9), datetime.time(12)),)}
    hours = OpeningHours(PARIS, weekly, frozenset({datetime.date(2027, 1, 1)}))
    end, expected = (datetime.datetime.fromisoformat(text).replace(tzinfo=PARIS) for text in (until, since))
    found = today.opened_before(hours, end, minutes)
    assert expected - datetime.timedelta(seconds=2) < found <= expected
