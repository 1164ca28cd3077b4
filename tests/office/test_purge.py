"""Case E7: each period of the privacy notice is carried out, and what the law wants kept is kept."""

import datetime
import io

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command

from carnet.audit.actors import VISITOR
from carnet.audit.models import Entry
from carnet.books.models import Line
from carnet.catalogue import actions as catalogue
from carnet.catalogue.models import VatCheck, VatCheckDetails
from carnet.invoices.models import DocumentFile, Invoice, InvoiceBuyer
from carnet.ledger.models import Movement
from carnet.mail.models import OutgoingMail
from carnet.office import actions, queries, rules, tasks
from carnet.orders.actions import waiting
from carnet.orders.models import OrderBuyer
from carnet.payments.models import FailedCall, OnlineNotice, Payment, PaymentDetails
from carnet.people.models import Customer, Invitation, Person
from carnet.repayments.actions import sending
from carnet.repayments.models import Repayment, RepaymentAccount
from carnet.tickets.actions import contact_answers, notices
from carnet.tickets.models import (
    ContactMessage,
    Draft,
    FirstQuestion,
    Message,
    Rating,
    RatingChange,
    Ticket,
)
from carnet.tickets.rules import Sender
from carnet.till.actions import withdrawing
from carnet.till.actions.refunding import SentTo
from carnet.till.models import RefundNote, WithdrawalDetails
from carnet.work.models import WorkReason
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.orders import IBAN, open_shop, pay, place
from tests.factories.people import invited, signed_in
from tests.factories.tickets import answer, close, contact_message, form_key, give_tokens, make_ticket, moment, work_on
from tests.proofs import every_fault

pytestmark = pytest.mark.django_db


def day(text):
    return datetime.date.fromisoformat(text)


def at(text):
    """Four in the morning of this date, in Paris."""
    return datetime.datetime.fromisoformat(f"{text}T03:00:00+00:00")


def purge(when, **changed):
    return actions.purge(by=TEST, at=at(when), **changed)


def faults():
    return every_fault("tickets", "invoices")


@pytest.mark.parametrize(
    ("kind", "today", "since"),
    [
        ("mails", "2028-02-29", "2027-02-28"),
        ("mails", "2028-03-01", "2027-03-01"),
        ("spam", "2027-05-31", "2027-02-28"),
        ("tickets", "2032-01-11", "2027-01-11"),
        ("accounts", "2030-01-01", "2027-01-01"),
    ],
)
def test_case_E7_from_when_on_it_is_kept(kind, today, since):
    assert rules.kept_from(kind, day(today)) == day(since)


def test_case_E7_accounting_documents_stay_ten_years_after_the_end_of_theirs():
    assert rules.accounting_kept_from(day("2037-12-31")) == day("2027-01-01")
    assert rules.accounting_kept_from(day("2038-01-01")) == day("2028-01-01")


def test_case_E7_mails_after_a_year(martins):
    invited(martins, "lea@example.org", at=moment(0))
    OutgoingMail.objects.update(state="sent")
    assert purge("2028-01-11")["mails"] == 0
    assert purge("2028-01-12")["mails"] == 1
    assert not OutgoingMail.objects.exists()


def test_case_E7_a_mail_that_still_waits_is_not_lost(martins):
    invited(martins, "lea@example.org", at=moment(0))
    assert purge("2028-01-12")["mails"] == 0


def notice(kind):
    return notices.receive_notice(
        kind=kind, sender=Sender("Zoé", "zoe@example.org", "fr"), contract="RF1", text="When?", key=form_key(),
        by=VISITOR, at=moment(0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "kept", "gone"),
    [
        ("spam", "2027-04-11", "2027-04-12"),
        ("contact_messages", "2030-01-11", "2030-01-12"),
        ("notices", "2032-01-11", "2032-01-12"),
    ],
)
def test_case_E7_what_was_written_to_us(kind, kept, gone):
    if kind == "notices":
        notice("withdrawal")
    else:
        contact_message(suspect=kind == "spam")
    assert purge(kept)[kind] == 0
    assert purge(gone)[kind] == 1
    assert not ContactMessage.objects.exists()


@pytest.mark.parametrize("kind", ["contact_messages", "notices"])
def test_case_E7_what_we_answered_goes_with_what_was_written(awa, kind):
    """One answer kept the message for ever, and everything that is purged behind it."""
    message = notice("ending") if kind == "notices" else contact_message()
    contact_answers.answer_contact_message(
        message=message, text="Today.", key=form_key(), by=awa.as_actor(), at=moment(1)
    )
    assert purge("2032-01-13")[kind] == 1
    assert not ContactMessage.objects.exists()


def test_case_E7_a_link_that_nobody_followed_goes_before_the_message_it_answered(awa):
    message = contact_message()
    contact_answers.send_link_to_sender(
        message=message, kind="household", customer_name="", criticality="question", by=awa.as_actor(), at=moment(1)
    )
    assert purge("2027-02-19")["unconfirmed_questions"] == 1
    message.refresh_from_db()
    assert (message.first_question, FirstQuestion.objects.exists()) == (None, False)


def first_question():
    return FirstQuestion.objects.create(
        key=form_key(), email="zoe@example.org", name="Zoé", customer_kind="household", language="fr", subject="Mail",
        text="It is slow.", criticality="question", created_at=moment(0), sent_at=moment(0), expires_at=moment(days=7),
    )  # fmt: skip


def test_case_E7_first_questions(claire):
    first_question()
    confirmed = first_question()
    confirmed.ticket = make_ticket(claire)
    confirmed.save()
    assert purge("2027-02-18")["unconfirmed_questions"] == 0
    assert purge("2027-02-19")["unconfirmed_questions"] == 1
    assert purge("2028-01-18")["confirmed_questions"] == 0
    assert purge("2028-01-19")["confirmed_questions"] == 1
    assert (FirstQuestion.objects.exists(), Ticket.objects.count()) == (False, 1)


def test_case_E7_invitations(martins):
    invited(martins, "lea@example.org", at=moment(0))
    assert purge("2028-01-11")["invitations"] == 0
    assert purge("2028-01-12")["invitations"] == 1
    assert not Invitation.objects.exists()


def test_case_E7_drafts(claire, awa):
    Draft.objects.create(agent=awa, ticket=make_ticket(claire), text="Dear Claire", at=moment(0))
    assert purge("2027-04-11")["drafts"] == 0
    assert purge("2027-04-12")["drafts"] == 1
    assert not Draft.objects.exists()


def test_case_E7_sessions_that_have_ended(claire):
    signed_in(claire)
    assert (purge("2020-01-01")["sessions"], Session.objects.count()) == (0, 1)
    assert (purge("2060-01-01")["sessions"], Session.objects.count()) == (1, 0)


def test_case_E7_words_and_files_of_tickets_five_years_after_closing(martins, claire, awa):
    give_tokens(martins, 6)
    closed, still_open = make_ticket(claire), make_ticket(claire)
    work_on(closed, awa, 20, since=moment(5))
    answer(closed, awa, at=moment(30), should_solve=True)
    close(closed, at=moment(40))
    Rating.objects.create(
        ticket=closed, score=5, comment="Great", may_publish=True, first_at=moment(50), changed_at=moment(50)
    )
    RatingChange.objects.create(ticket=closed, score=5, at=moment(50))
    moved, numbers = Movement.objects.count(), list(closed.closures.values())
    assert purge("2032-01-11")["tickets"] == 0
    assert purge("2032-01-12")["tickets"] == 1
    closed.refresh_from_db()
    words = {closed.subject, *closed.messages.values_list("text", flat=True)}
    words |= set(WorkReason.objects.filter(session__cover__ticket=closed).values_list("text", flat=True))
    assert (words, Rating.objects.get().comment, Rating.objects.get().may_publish) == ({""}, "", False)
    assert (Movement.objects.count(), list(closed.closures.values())) == (moved, numbers)
    assert Message.objects.filter(ticket=still_open).exclude(text="").exists()
    assert (faults(), purge("2032-01-13")["tickets"]) == ([], 0)
    browser = signed_in(claire)
    for page in ("/my/tickets/", f"/my/tickets/{closed.pk}/", "/my/statement/"):
        assert browser.get(page).status_code == 200


@pytest.fixture
def bought(martins, claire):
    """An order that was paid, one that was not, on 11 January 2027."""
    open_shop()
    edition = put_on_sale()
    paid = place(claire, edition, at=moment(0))
    payment = pay(paid, at=moment(0), payer="C. Martin", bank="Banque", document_number="12")
    unpaid = place(claire, edition, at=moment(0))
    waiting.cancel_order(order=unpaid, by=TEST, at=moment(1))
    return paid, payment, unpaid


def test_case_E7_the_address_of_an_order_five_years(bought):
    assert purge("2032-01-11")["order_addresses"] == 0
    assert purge("2032-01-12")["order_addresses"] == 1  # the other one was never paid, and emptied before
    assert set(OrderBuyer.objects.values_list("ip", flat=True)) == {None}


def test_case_E7_who_ordered_and_never_paid_three_years(bought):
    paid, _payment, unpaid = bought
    assert purge("2030-01-11")["unpaid_orders"] == 0
    assert purge("2030-01-12")["unpaid_orders"] == 1
    emptied = OrderBuyer.objects.get(order=unpaid)
    assert (emptied.name, emptied.email, emptied.street, emptied.ip) == ("", "", "", None)
    assert OrderBuyer.objects.get(order=paid).name == "Claire Martin"


def test_case_E7_who_gave_money_is_kept_like_it(bought):
    _paid, _payment, unpaid = bought
    pay(unpaid, 100, at=moment(2))  # came although it was cancelled: an accounting document
    assert purge("2030-01-12")["unpaid_orders"] == 0


def test_case_E7_accounting_documents(bought):
    paid, payment, _unpaid = bought
    number = Invoice.objects.get().number
    kept = purge("2037-12-31")
    assert [kept[kind] for kind in ("buyers", "payers", "invoices")] == [0, 0, 0]
    lines, digest = list(Line.objects.values()), Invoice.objects.get().digest
    gone = purge("2038-01-01")
    assert [gone[kind] for kind in ("buyers", "payers", "invoices")] == [1, 1, 1]
    assert (OrderBuyer.objects.get(order=paid).name, PaymentDetails.objects.get().payer) == ("", "")
    assert (InvoiceBuyer.objects.exists(), DocumentFile.objects.exists()) == (False, False)
    # What only grows is as it was, and the verification knows who emptied the invoice.
    assert (list(Line.objects.values()), Invoice.objects.get().digest) == (lines, digest)
    assert Payment.objects.get() == payment
    assert faults() == []
    again = purge("2038-01-02")
    assert [again[kind] for kind in ("buyers", "payers", "invoices")] == [0, 0, 0]
    assert number == Invoice.objects.get().number


def test_case_E7_an_invoice_that_somebody_else_emptied_is_a_fault(bought):
    InvoiceBuyer.objects.all().delete()
    assert [fault for fault in faults() if "who bought is missing" in fault]


def test_case_E7_an_emptied_invoice_is_not_found(claire, odile, bought):
    number = Invoice.objects.get().number
    purge("2038-01-01")
    for person, page in ((claire, f"/my/invoices/{number}/"), (odile, f"/desk/invoices/{number}/")):
        assert signed_in(person).get(page).status_code == 404


def test_case_E7_an_account_that_nobody_used_for_three_years_is_told_and_then_emptied(martins, claire):
    assert purge("2030-01-11")["accounts_told"] == 0
    assert purge("2030-01-12", is_dry=True)["accounts_told"] == 1
    assert not OutgoingMail.objects.filter(kind="office/account_inactive").exists()
    assert purge("2030-01-12")["accounts_told"] == 1
    told = OutgoingMail.objects.get(kind="office/account_inactive")
    assert (told.to, "11 février 2030" in told.text.replace("\u00a0", " ")) == ("claire@example.org", True)
    assert [purge("2030-02-10")[kind] for kind in ("accounts_told", "accounts")] == [0, 0]
    assert purge("2030-02-11", is_dry=True)["accounts"] == 1
    claire.refresh_from_db()
    assert claire.is_active
    assert purge("2030-02-11")["accounts"] == 1
    claire.refresh_from_db()
    assert (claire.name, claire.email, claire.phone, claire.is_active) == ("", f"{claire.pk}@erased.invalid", "", False)
    martins.refresh_from_db()
    assert (martins.name, martins.street, martins.memberships.active().count()) == ("—", "", 0)
    assert Entry.objects.get(code="person.emptied").subject_id == claire.pk
    assert purge("2030-02-12")["accounts"] == 0


def test_case_E7_signing_in_keeps_the_account(martins, claire):
    purge("2030-01-12")
    Person.objects.filter(pk=claire.pk).update(last_login=at("2030-02-01"))
    assert purge("2030-02-11")["accounts"] == 0


def test_case_E7_a_customer_to_whom_somebody_belongs_keeps_its_name(martins, claire, hugo):
    Person.objects.filter(pk=hugo.pk).update(last_login=at("2030-01-01"))
    purge("2030-01-12")
    assert purge("2030-02-11")["accounts"] == 1
    assert Customer.objects.get(pk=martins.pk).name == "Famille Martin"


@pytest.mark.parametrize("kept_by", ["tokens", "credit", "ticket", "order", "team"])
def test_case_E7_what_was_bought_keeps_the_account(martins, claire, kept_by):
    if kept_by == "ticket":
        make_ticket(claire)
    elif kept_by == "team":
        Person.objects.filter(pk=claire.pk).update(staff="owner")
    else:
        open_shop()
        order = place(claire, put_on_sale(), at=moment(0))
        if kept_by == "tokens":
            pay(order, at=moment(0))
        elif kept_by == "credit":
            pay(order, 100, at=moment(0))
            waiting.cancel_order(order=order, by=TEST, at=moment(1))
    assert purge("2030-01-12")["accounts_told"] == 0


def test_case_E7_a_dry_run_counts_and_changes_nothing(bought):
    OutgoingMail.objects.update(state="sent")
    before = (OutgoingMail.objects.count(), OrderBuyer.objects.exclude(name="").count(), Entry.objects.count())
    dry = purge("2038-01-01", is_dry=True)
    assert (dry["mails"], dry["invoices"], dry["unpaid_orders"]) == (before[0], 1, 1)
    assert before == (
        OutgoingMail.objects.count(), OrderBuyer.objects.exclude(name="").count(), Entry.objects.count(),
    )  # fmt: skip


def test_case_E7_the_command(martins):
    out = io.StringIO()
    call_command("purge", "--dry-run", stdout=out)
    assert "mails: 0" in out.getvalue()
    assert "purge: nothing was changed." in out.getvalue()
    call_command("purge", stdout=out)
    assert "purge: done." in out.getvalue()


def make_payment_notice(number, state, received_at):
    return OnlineNotice.objects.create(
        body=b"{}", headers={}, digest=f"{number:064}", received_at=received_at, last_at=received_at, state=state
    )


@pytest.mark.parametrize(
    ("state", "left_after_a_month", "left_after_a_year"),
    [("used", 1, 0), ("useless", 1, 0), ("failed", 1, 0), ("proven", 1, 0), ("forged", 0, 0), ("received", 0, 0)],
)
def test_case_E7_notices_of_the_payment_service(state, left_after_a_month, left_after_a_year):
    make_payment_notice(1, state, at("2027-01-11"))
    purge("2027-02-11")
    assert OnlineNotice.objects.count() == 1
    purge("2027-02-12")
    assert OnlineNotice.objects.count() == left_after_a_month
    purge("2028-01-12")
    assert OnlineNotice.objects.count() == left_after_a_year


def test_case_E7_calls_that_failed():
    FailedCall.objects.create(call="GET /", status=500, code="X", permanent=False, at=at("2027-01-11"))
    assert purge("2028-01-11")["failed_calls"] == 0
    assert purge("2028-01-12")["failed_calls"] == 1
    assert not FailedCall.objects.exists()


def test_case_E7_checks_of_vat_numbers():
    check = catalogue.check_vat_number(number="ESB58378431", at=at("2027-01-11"))
    assert purge("2037-12-31")["vat_checks"] == 0
    assert purge("2038-01-01")["vat_checks"] == 1
    assert not VatCheckDetails.objects.exists()
    assert VatCheck.objects.get() == check


def test_case_E7_accounts_for_refunds_and_who_withdrew(claire, odile):
    open_shop()
    order = place(claire, put_on_sale(), at="2027-01-11 12:00")
    pay(order, at="2027-01-11 12:00")
    declared = withdrawing.Declared("Claire Martin", "claire@example.org", "en", SentTo(False, "Claire Martin", IBAN))
    withdrawing.declare_withdrawal(
        order=order, declared=declared, person=claire, visitor="", by=claire.as_actor(), at=at("2027-01-12"), key="k"
    )
    sending.record_sent(repayment=Repayment.objects.get(), sent_on=day("2027-01-13"), by=TEST, at=at("2027-01-13"))
    assert (purge("2032-01-12")["withdrawals"], purge("2032-01-13")["withdrawals"]) == (0, 1)
    for night, count in (("2037-12-31", 0), ("2038-01-01", 1)):
        gone = purge(night)
        assert (gone["refund_notes"], gone["refund_accounts"]) == (count, count)
    assert [kind.objects.count() for kind in (WithdrawalDetails, RefundNote, RepaymentAccount)] == [0, 0, 0]
    browser = signed_in(odile)
    assert browser.get("/desk/withdrawals/?state=done").status_code == 200
    assert browser.get(f"/desk/repayments/{Repayment.objects.get().pk}/").status_code == 200
    assert browser.get(f"/desk/orders/{order.pk}/").status_code == 200
    assert every_fault("refunds", "repayments", "withdrawals", "credit notes") == []


def test_case_E7_a_withdrawal_that_nobody_confirmed_is_carried_out_without_its_account(claire):
    open_shop()
    order = place(claire, put_on_sale(), at="2027-01-11 12:00")
    pay(order, at="2027-01-11 12:00")
    declared = withdrawing.Declared("Claire Martin", "claire@example.org", "en", SentTo(False, "Claire Martin", IBAN))
    withdrawal = withdrawing.declare_withdrawal(
        order=order, declared=declared, person=None, visitor="v", by=VISITOR, at=at("2027-01-12"), key="k"
    )
    assert purge("2032-01-13")["withdrawals"] == 1
    assert signed_in(claire).get(f"/en/withdraw/confirm/{withdrawal.token}/").status_code == 200
    withdrawing.carry_out_withdrawal(withdrawal=withdrawal, by=VISITOR, at=at("2032-01-14"))
    assert Repayment.objects.get().iban == ""


def test_case_E7_every_night():
    assert tasks.purge in [entry.task for entry in tasks.SCHEDULE]
    tasks.purge.call()


OF_ACCOUNTING = {"buyers", "payers", "vat_checks", "refund_notes", "refund_accounts", "invoices"}


def test_case_E7_every_kind_has_a_period():
    assert set(rules.KEPT_MONTHS) - {"accounts"} | OF_ACCOUNTING | {"sessions"} == set(queries.KINDS_OVER)
