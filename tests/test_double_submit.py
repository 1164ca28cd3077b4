"""Every form of the site sent twice, as by a double click: the second leads where the first did and changes nothing.

Each case is named after its view, and prepares who sends which form of which page; a test compares them with all
addresses that take a POST.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import translation
from django.utils.html import escape

from carnet.audit.actors import VISITOR
from carnet.audit.models import Entry
from carnet.cheques.actions import make_deposit_slip
from carnet.cheques.models import DepositSlip
from carnet.jobs import actions as jobs
from carnet.jobs.models import Job
from carnet.kernel import clock
from carnet.kernel.refused import KeyReused
from carnet.mail.models import OutgoingMail
from carnet.orders.actions import checking_vat
from carnet.orders.models import Order
from carnet.payments.actions import access
from carnet.payments.models import Difference, OnlineNotice, Payment
from carnet.people.models import Customer, Invitation, Membership, Person
from carnet.repayments.models import Repayment
from carnet.tickets.actions import messages as exchange
from carnet.tickets.actions import work
from carnet.tickets.models import Message, Ticket
from carnet.till.actions import checkouts, withdrawing
from carnet.till.actions.refunding import SentTo
from carnet.till.models import Withdrawal
from carnet.web import refusals
from tests.factories.catalogue import put_on_sale
from tests.factories.orders import IBAN, buyer, open_shop, pay, place
from tests.factories.people import invited, make_customer, make_person, signed_in
from tests.factories.refunds import owe
from tests.factories.tickets import (
    answer,
    close,
    contact_message,
    form_key,
    give_tokens,
    in_english,
    make_ticket,
    moment,
    stay,
    work_on,
)
from tests.files import contents
from tests.forms import Form, form_to, forms_in
from tests.paypal import CLIENT_ID, PaypalBeside
from tests.tickets.test_ask_first_question import ask

NOW = moment(60)
# Whatever a form does, it writes into one of these; a session may change with every request.
WRITTEN = [model for model in apps.get_models() if model._meta.app_label not in ("sessions", "contenttypes", "auth")]


@pytest.fixture(autouse=True)
def _ten_o_clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class House:
    """Who is there."""

    martins: Customer
    claire: Person
    hugo: Person
    awa: Person
    odile: Person
    paypal: PaypalBeside


@pytest.fixture
def house(martins: Customer, claire: Person, hugo: Person, awa: Person, odile: Person, paypal: PaypalBeside) -> House:
    return House(martins, claire, hugo, awa, odile, paypal)


@dataclass
class Filled:
    """A form of a page that this browser shows, and what is typed into it."""

    browser: Client
    page: str
    action: str = ""
    typed: dict[str, Any] = field(default_factory=dict)
    with_field: str = ""

    def found(self) -> Form:
        return form_to(self.browser, self.page, self.action or self.page, with_field=self.with_field)


Prepare = Callable[[House], Filled]
CASES: dict[str, Prepare] = {}


def case(*names: str) -> Callable[[Prepare], Prepare]:
    """The view that takes the form; a second word tells several forms of one view apart."""

    def keep(prepare: Prepare) -> Prepare:
        CASES[" ".join(names)] = prepare
        return prepare

    return keep


# Without an account


@case("web:choose_theme")
def _(house: House) -> Filled:
    return Filled(signed_in(house.claire), "/my/", "/look/theme/", {"theme": "dark"})


@case("web:choose_language")
def _(house: House) -> Filled:
    return Filled(signed_in(house.claire), "/my/", "/look/language/", {"language": "es"})


QUESTION = {"subject": "The mouse jumps", "text": "It jumps over the screen.", "criticality": "hindered"}


@case("tickets:ask_first_question")
def _(house: House) -> Filled:
    return Filled(Client(), "/en/try/", typed={**QUESTION, "name": "Zoé", "email": "zoe@example.org"})


@case("tickets:send_link_again")
def _(house: House) -> Filled:
    browser = Client()
    sent = form_to(browser, "/en/try/", "/en/try/").filled(**QUESTION, name="Zoé", email="zoe@example.org")
    with time_machine.travel(moment(0), tick=False):
        browser.post("/en/try/", sent)
    return Filled(browser, "/en/try/sent/", "/en/try/again/")


@case("tickets:send_link_again", "from a link that has ended")
def _(house: House) -> Filled:
    return Filled(Client(), f"/en/try/{ask(at=moment(days=-8)).token}/", "/en/try/again/")


@case("tickets:confirm_first_question")
def _(house: House) -> Filled:
    return Filled(Client(), f"/en/try/{ask(at=moment(50)).token}/")


@case("tickets:write_contact_message")
def _(house: House) -> Filled:
    typed = {"name": "Zoé", "email": "zoe@example.org", "subject": "Hours", "text": "When do you open?"}
    return Filled(Client(), "/en/contact/", typed=typed)


@case("tickets:declare_withdrawal")
def _(house: House) -> Filled:
    """The page that checks it shows another form: what it carries along is what was typed."""
    typed = {"name": "Zoé", "email": "zoe@example.org", "contract": "RF18AB23CD45", "step": "confirm"}
    return Filled(Client(), "/en/withdraw/declare/", typed=typed)


@case("tickets:confirm_withdrawal")
def _(house: House) -> Filled:
    return Filled(Client(), f"/en/withdraw/confirm/{withdrawal_of(house).token}/")


@case("my:till:request_invoice")
def _(house: House) -> Filled:
    page = f"/my/orders/{order_of_company(house).reference}/"
    return Filled(signed_in(Person.objects.get(email="ines@example.org")), page, f"{page}invoice/")


@case("desk:till:request_invoice")
def _(house: House) -> Filled:
    page = f"/desk/orders/{order_of_company(house).pk}/"
    return Filled(signed_in(house.odile), page, f"{page}invoice/")


@case("desk:till:carry_out_withdrawal")
def _(house: House) -> Filled:
    number = withdrawal_of(house).pk
    return Filled(signed_in(house.odile), "/desk/withdrawals/", f"/desk/withdrawals/{number}/carry-out/")


@case("desk:till:check_vat_number")
def _(house: House) -> Filled:
    page = f"/desk/orders/{order_on_word(house).pk}/"
    return Filled(signed_in(house.odile), page, f"{page}vat/")


@case("tickets:declare_ending")
def _(house: House) -> Filled:
    typed = {"name": "Zoé", "email": "zoe@example.org", "contract": "The subscription"}
    return Filled(Client(), "/en/end-contract/declare/", typed=typed)


@case("people:accept_invitation", "by somebody new")
def _(house: House) -> Filled:
    secret = invited(house.martins, "nora@example.org", at=moment(0))
    return Filled(Client(), f"/en/invitation/{secret}/", typed={"name": "Nora", "password": "the tall garden gate"})


@case("people:accept_invitation", "by somebody signed in")
def _(house: House) -> Filled:
    nora = make_person("Nora", email="nora@example.org")
    return Filled(signed_in(nora), f"/en/invitation/{invited(house.martins, nora.email, at=moment(0))}/")


# The customer's space


@case("my:people:invite")
def _(house: House) -> Filled:
    return Filled(signed_in(house.claire), "/my/people/", "/my/people/invite/", {"email": "nora@example.org"})


@case("my:people:withdraw_invitation")
def _(house: House) -> Filled:
    invited(house.martins, "nora@example.org", at=moment(0))
    number = Invitation.objects.get().pk
    return Filled(signed_in(house.claire), "/my/people/", f"/my/people/invitations/{number}/withdraw/")


@case("my:people:remove_member")
def _(house: House) -> Filled:
    number = Membership.objects.get(person=house.hugo).pk
    return Filled(signed_in(house.claire), f"/my/people/{number}/remove/")


@case("my:people:change_role")
def _(house: House) -> Filled:
    number = Membership.objects.get(person=house.hugo).pk
    return Filled(signed_in(house.claire), f"/my/people/{number}/role/", typed={"role": "buyer"})


@case("my:people:profile")
def _(house: House) -> Filled:
    return Filled(signed_in(house.claire), "/my/profile/", "/my/profile/", {"name": "Claire M."})


@case("my:people:let_holder_read")
def _(house: House) -> Filled:
    return Filled(signed_in(house.hugo), "/my/profile/", "/my/profile/holder-reading/", {"allowed": "yes"})


@case("my:ledger:set_allowances")
def _(house: House) -> Filled:
    page = f"/my/units/{give_tokens(house.martins).number}/sharing/"
    return Filled(signed_in(house.claire), page, typed={f"limit_{house.hugo.pk}": "none"})


@case("my:people:switch_customer")
def _(house: House) -> Filled:
    other = make_customer(house.claire, "Club")
    number = Membership.objects.get(person=house.claire, customer=other).pk
    browser = signed_in(house.claire)
    return Filled(browser, "/my/profile/", "/my/switch/", {"membership": number})


@case("my:people:create_customer")
def _(house: House) -> Filled:
    return Filled(signed_in(house.claire), "/my/new/", typed={"kind": "company", "customer_name": "Martin SARL"})


@case("my:tickets:open_ticket", "with the last token")
def _(house: House) -> Filled:
    give_tokens(house.martins, 1)
    make_ticket(house.claire, means="trial")
    return Filled(signed_in(house.claire), "/my/tickets/new/", typed=QUESTION)


@case("my:tickets:open_ticket", "with the free minutes")
def _(house: House) -> Filled:
    return Filled(signed_in(house.claire), "/my/tickets/new/", typed=QUESTION)


@case("my:tickets:open_ticket", "of a question asked before signing in")
def _(house: House) -> Filled:
    question = ask(at=moment(50), email=house.claire.email)
    return Filled(signed_in(house.claire), f"/my/tickets/new/?question={question.token}")


@case("my:tickets:write_message")
def _(house: House) -> Filled:
    page = f"/my/tickets/{covered(house).pk}/"
    return Filled(signed_in(house.claire), page, f"{page}message/", {"text": "More."})


@case("my:tickets:close_ticket")
def _(house: House) -> Filled:
    return Filled(signed_in(house.claire), f"/my/tickets/{covered(house).pk}/close/")


@case("my:tickets:close_ticket", "from its page")
def _(house: House) -> Filled:
    number = answered(house).pk
    return Filled(signed_in(house.claire), f"/my/tickets/{number}/", f"/my/tickets/{number}/close/")


@case("my:tickets:mark_unsolved")
def _(house: House) -> Filled:
    number = answered(house).pk
    action = f"/my/tickets/{number}/unsolved/"
    return Filled(signed_in(house.claire), f"/my/tickets/{number}/", action, {"text": "Still silent."})


@case("my:tickets:mark_unsolved", "without a word")
def _(house: House) -> Filled:
    number = answered(house).pk
    return Filled(signed_in(house.claire), f"/my/tickets/{number}/", f"/my/tickets/{number}/unsolved/")


@case("my:tickets:rate_ticket")
def _(house: House) -> Filled:
    ticket = close(answered(house), at=moment(30))
    action = f"/my/tickets/{ticket.pk}/rate/"
    return Filled(signed_in(house.claire), f"/my/tickets/{ticket.pk}/", action, {"score": "4", "comment": "Kind."})


@case("my:tickets:agree_to_more", "with the last token")
def _(house: House) -> Filled:
    ticket = covered(house, quantity=2)
    work_on(ticket, house.awa, 30, since=moment(5))
    work.follow_clock(ticket=ticket, at=moment(40))
    return Filled(signed_in(house.claire), f"/my/tickets/{ticket.pk}/", f"/my/tickets/{ticket.pk}/agree/")


@case("my:tickets:stop_at")
def _(house: House) -> Filled:
    return Filled(signed_in(house.claire), f"/my/tickets/{covered(house).pk}/stop-at/", typed={"stop_tokens": "3"})


@case("my:tickets:mark_unsolved", "after closing")
def _(house: House) -> Filled:
    page = f"/my/tickets/{close(answered(house), at=moment(30)).pk}/"
    return Filled(signed_in(house.claire), page, f"{page}unsolved/", {"text": "It is back."})


# The desk


@case("desk:tickets:go_on_offered")
def _(house: House) -> Filled:
    ticket = covered(house)
    work.start_work(ticket=ticket, by=house.awa.as_actor(), at=moment(31))
    stay(house.awa, moment(31), moment(58))
    return Filled(signed_in(house.awa), f"/desk/tickets/{ticket.pk}/", f"/desk/tickets/{ticket.pk}/go-on/")


@case("desk:tickets:correct_session")
def _(house: House) -> Filled:
    ticket = covered(house)
    work_on(ticket, house.awa, 12, since=moment(10))
    page = f"/desk/tickets/{ticket.pk}/time/{ticket.cover.sessions.get().pk}/"
    return Filled(signed_in(house.awa), page, typed={"seconds": "10 min", "why": "I had lunch."})


@case("desk:tickets:record_time")
def _(house: House) -> Filled:
    typed = {"started_at": "2027-01-11T09:20", "seconds": "12 min", "reason": "Phoned them"}
    return Filled(signed_in(house.awa), f"/desk/tickets/{covered(house).pk}/time/", typed=typed)


@case("desk:tickets:reopen_ticket")
def _(house: House) -> Filled:
    page = f"/desk/tickets/{close(answered(house), at=moment(30)).pk}/"
    return Filled(signed_in(house.awa), page, f"{page}reopen/")


@case("desk:tickets:split_ticket")
def _(house: House) -> Filled:
    typed = {"subject": "The second printer", "text": "It is silent too."}
    return Filled(signed_in(house.awa), f"/desk/tickets/{covered(house).pk}/split/", typed=typed)


@case("desk:tickets:merge_tickets")
def _(house: House) -> Filled:
    source, target = covered(house), make_ticket(house.claire)
    return Filled(signed_in(house.awa), f"/desk/tickets/{source.pk}/merge/", typed={"number": target.pk})


@case("desk:tickets:answer_ticket")
def _(house: House) -> Filled:
    return at_desk(house, "answer", {"text": "Restart it.", "way": "should_solve"})


@case("desk:tickets:answer_ticket", "a note")
def _(house: House) -> Filled:
    return at_desk(house, "answer", {"text": "Known fault.", "way": "note"})


@case("desk:tickets:assign_ticket")
def _(house: House) -> Filled:
    return at_desk(house, "assign", {"agent": house.odile.pk})


@case("desk:tickets:change_criticality")
def _(house: House) -> Filled:
    return at_desk(house, "criticality", {"criticality": "blocked"})


@case("desk:tickets:close_ticket")
def _(house: House) -> Filled:
    page = f"/desk/tickets/{covered(house).pk}/close/"
    return Filled(signed_in(house.awa), page, typed={"how": "duplicate", "reason": "Asked yesterday."})


@case("desk:tickets:start_work")
def _(house: House) -> Filled:
    return at_desk(house, "start")


@case("desk:tickets:stop_work")
def _(house: House) -> Filled:
    ticket = covered(house)
    work.start_work(ticket=ticket, by=house.awa.as_actor(), at=moment(50))
    page = f"/desk/tickets/{ticket.pk}/"
    return Filled(signed_in(house.awa), page, f"{page}stop/", {"reason": "Looked into it"}, with_field="reason")


@case("desk:tickets:stop_work", "from the head of a page")
def _(house: House) -> Filled:
    ticket = covered(house)
    work.start_work(ticket=ticket, by=house.awa.as_actor(), at=moment(50))
    return Filled(signed_in(house.awa), "/desk/queue/", f"/desk/tickets/{ticket.pk}/stop/")


@case("desk:tickets:mark_contact_message_read")
def _(house: House) -> Filled:
    number = contact_message().pk
    return Filled(signed_in(house.awa), f"/desk/contact/{number}/", f"/desk/contact/{number}/read/")


@case("desk:tickets:answer_contact_message")
def _(house: House) -> Filled:
    return at_contact(house, "answer", {"text": "At nine."})


@case("desk:tickets:open_ticket_for_sender")
def _(house: House) -> Filled:
    return at_contact(house, "ticket", email=house.claire.email)


@case("desk:tickets:send_link_to_sender")
def _(house: House) -> Filled:
    return at_contact(house, "link")


@case("desk:tickets:create_customer_for_sender")
def _(house: House) -> Filled:
    return at_contact(house, "customer")


@case("desk:tickets:clear_contact_message")
def _(house: House) -> Filled:
    number = contact_message(suspect=True).pk
    return Filled(signed_in(house.awa), f"/desk/contact/{number}/", f"/desk/contact/{number}/clear/")


@case("desk:ledger:grant_goodwill")
def _(house: House) -> Filled:
    typed = {"quantity": "3", "last_day": "2027-08-31", "reason": "Our mistake"}
    return Filled(signed_in(house.odile), f"/desk/customers/{house.martins.pk}/goodwill/", typed=typed)


def ordered(house: House, **changed: Any) -> Order:
    open_shop()
    return place(house.claire, put_on_sale(at=moment(0)), at=moment(0), **changed)


@case("till:start_order")
def _(house: House) -> Filled:
    open_shop()
    put_on_sale(at=moment(0))
    typed = {
        "name": "Zoé", "kind": "household", "email": "zoe@example.org", "password1": "the tall garden gate",
        "country": "FR", "means": "transfer",
    }  # fmt: skip
    return Filled(Client(), "/en/order/tokens-20/", typed=typed)


@case("my:till:place_order")
def _(house: House) -> Filled:
    open_shop()
    put_on_sale(at=moment(0))
    """By the page on which it is checked, which carries along what was filled in."""
    typed = {"means": "transfer", "accept_terms": "on", "name": "Claire", "country": "FR", "step": "confirm"}
    return Filled(signed_in(house.claire), "/my/order/tokens-20/", typed=typed)


@case("my:till:choose_credit")
def _(house: House) -> Filled:
    order = ordered(house)
    Order.objects.filter(pk=order.pk).update(state="choosing")
    page = f"/my/orders/{order.reference}/"
    return Filled(signed_in(house.claire), page, f"{page}credit/")


def approved_at_paypal(house: House) -> Order:
    order = ordered(house, means="paypal")
    begun = checkouts.begin_checkout(order=order, by=house.claire.as_actor(), at=clock.now())
    assert begun.external_id
    house.paypal.approve(begun.external_id)
    return order


@case("my:till:begin_checkout")
def _(house: House) -> Filled:
    page = f"/my/orders/{ordered(house, means='paypal').reference}/"
    return Filled(signed_in(house.claire), page, f"{page}paypal/begin/")


@case("my:till:look_at_order")
def _(house: House) -> Filled:
    page = f"/my/orders/{approved_at_paypal(house).reference}/paypal/"
    return Filled(signed_in(house.claire), page)


@case("desk:till:look_at_order")
def _(house: House) -> Filled:
    page = f"/desk/orders/{approved_at_paypal(house).pk}/"
    return Filled(signed_in(house.awa), page, f"{page}paypal/")


@case("my:orders:change_means")
def _(house: House) -> Filled:
    page = f"/my/orders/{ordered(house).reference}/"
    return Filled(signed_in(house.claire), page, f"{page}means/", {"means": "cheque"})


@case("my:orders:cancel_order")
def _(house: House) -> Filled:
    page = f"/my/orders/{ordered(house).reference}/"
    return Filled(signed_in(house.claire), page, f"{page}cancel/")


@case("desk:orders:cancel_order")
def _(house: House) -> Filled:
    page = f"/desk/orders/{ordered(house).pk}/"
    return Filled(signed_in(house.awa), page, f"{page}cancel/")


@case("desk:till:record_payment")
def _(house: House) -> Filled:
    page = f"/desk/orders/{ordered(house).pk}/"
    typed = {"amount_cents": "240,00", "received_on": "2027-01-11", "means": "transfer"}
    return Filled(signed_in(house.odile), page, f"{page}payment/", typed=typed)


def owed(house: House) -> Repayment:
    """10.00 € of a payment by transfer."""
    open_shop()
    return owe(pay(place(house.claire, put_on_sale(), at=moment(0)), at=moment(0)), 1_000)


ACCOUNT = {"holder": "Claire Martin", "iban": IBAN}


@case("desk:till:refund_order")
def _(house: House) -> Filled:
    open_shop()
    order = place(house.claire, put_on_sale(), at=moment(0))
    pay(order, at=moment(0))
    typed = {"note": "We agreed.", "way": "back", "what": "all", "confirmed": "yes"}
    return Filled(signed_in(house.odile), f"/desk/orders/{order.pk}/refund/", typed=typed)


@case("my:till:return_credit")
def _(house: House) -> Filled:
    open_shop()
    pay(place(house.claire, put_on_sale(), at=moment(0)), 25_000, at=moment(0))
    typed = {"account_holder": "Claire Martin", "iban": IBAN}
    return Filled(signed_in(house.claire), "/my/credit/", typed=typed)


@case("my:repayments:give_account")
def _(house: House) -> Filled:
    page = f"/my/repayments/{owed(house).pk}/account/"
    return Filled(signed_in(house.claire), page, typed=ACCOUNT)


@case("desk:repayments:give_account")
def _(house: House) -> Filled:
    page = f"/desk/repayments/{owed(house).pk}/"
    return Filled(signed_in(house.odile), page, f"{page}account/", typed=ACCOUNT)


@case("desk:repayments:record_sent")
def _(house: House) -> Filled:
    page = f"/desk/repayments/{owed(house).pk}/"
    return Filled(signed_in(house.odile), page, f"{page}sent/", typed={"sent_on": "2027-01-11", "means": "transfer"})


@case("desk:repayments:send_otherwise")
def _(house: House) -> Filled:
    repayment = owed(house)
    Repayment.objects.update(state="asked", means="paypal", why="CAPTURE_FULLY_REFUNDED")
    page = f"/desk/repayments/{repayment.pk}/"
    return Filled(signed_in(house.odile), page, f"{page}transfer/")


@case("desk:till:undo_payment")
def _(house: House) -> Filled:
    open_shop()
    wrong = pay(place(house.claire, put_on_sale(), at=moment(0)), 100, at=moment(0))
    page = f"/desk/payments/{wrong.pk}/undo/"
    return Filled(signed_in(house.odile), page, typed={"reason": "It was somebody else’s."})


@case("desk:till:record_unallocated_payment")
def _(house: House) -> Filled:
    open_shop()
    typed = {"amount_cents": "50", "received_on": "2027-01-11", "means": "transfer"}
    return Filled(signed_in(house.odile), f"/desk/customers/{house.martins.pk}/payment/", typed=typed)


@case("desk:till:clear_cheque")
def _(house: House) -> Filled:
    cheque = pay(ordered(house, means="cheque"), at=moment(0))
    return Filled(signed_in(house.odile), f"/desk/payments/{cheque.pk}/cleared/", typed={"cleared_on": "2027-01-11"})


@case("desk:till:bounce_cheque")
def _(house: House) -> Filled:
    page = f"/desk/payments/{received_cheque(house).pk}/bounced/"
    return Filled(signed_in(house.odile), page, typed={"bounced_on": "2027-01-11"})


@case("desk:till:make_deposit_slip")
def _(house: House) -> Filled:
    typed = {"payments": [str(received_cheque(house).pk)]}
    return Filled(signed_in(house.odile), "/desk/cheques/", "/desk/cheques/slips/make/", typed=typed)


@case("desk:till:record_deposit")
def _(house: House) -> Filled:
    page = slip_page(house)
    return Filled(signed_in(house.odile), page, f"{page}deposited/", typed={"deposited_on": "2027-01-11"})


@case("desk:till:clear_slip")
def _(house: House) -> Filled:
    page = slip_page(house)
    DepositSlip.objects.update(deposited_on="2027-01-11")
    return Filled(signed_in(house.odile), page, f"{page}cleared/", typed={"cleared_on": "2027-01-11"})


@case("my:orders:announce_cheque")
def _(house: House) -> Filled:
    page = f"/my/orders/{ordered(house, means='cheque').reference}/"
    return Filled(signed_in(house.claire), page, f"{page}cheque/", typed={"cheque_number": "0001"})


def received_cheque(house: House) -> Payment:
    return pay(ordered(house, means="cheque"), at=moment(0))


def slip_page(house: House) -> str:
    payments, actor = [received_cheque(house).pk], house.odile.as_actor()
    slip = make_deposit_slip(payments=payments, by=actor, at=moment(0), key="slip")
    return f"/desk/cheques/slips/{slip.pk}/"


@case("desk:office:change_company")
def _(house: House) -> Filled:
    return Filled(signed_in(house.odile), "/desk/settings/company/", typed={"trade_name": "Help", "country": "FR"})


@case("desk:office:change_setting")
def _(house: House) -> Filled:
    return Filled(signed_in(house.odile), "/desk/settings/close_after_days/", typed={"value": "9"})


PAYPAL = "/desk/settings/paypal/"


def _connected_at_the_desk(house: House) -> None:
    secret = settings.PAYPAL_SECRET
    settings.PAYPAL_CLIENT_ID = settings.PAYPAL_SECRET = settings.PAYPAL_WEBHOOK_ID = ""
    access.set_online_access(
        client_id=CLIENT_ID, secret=secret, environment="stand_in", by=house.odile.as_actor(), at=NOW
    )


@case("desk:office:set_online_access")
def _(house: House) -> Filled:
    settings.PAYPAL_CLIENT_ID = settings.PAYPAL_SECRET = ""
    typed = {"environment": "stand_in", "client_id": "AY-client", "secret": "EJ-secret"}
    return Filled(signed_in(house.odile), PAYPAL, typed=typed)


@case("desk:office:test_online_access")
def _(house: House) -> Filled:
    _connected_at_the_desk(house)
    return Filled(signed_in(house.odile), PAYPAL, f"{PAYPAL}test/")


@case("desk:office:set_up_notices")
def _(house: House) -> Filled:
    _connected_at_the_desk(house)
    return Filled(signed_in(house.odile), PAYPAL, f"{PAYPAL}notices/")


@case("desk:office:remove_online_access")
def _(house: House) -> Filled:
    _connected_at_the_desk(house)
    return Filled(signed_in(house.odile), PAYPAL, f"{PAYPAL}remove/")


@case("desk:till:run_notice_again")
def _(house: House) -> Filled:
    notice = OnlineNotice.objects.create(
        body=b"{}", headers={}, digest="0" * 64, received_at=NOW, last_at=NOW, state="failed"
    )
    page = f"/desk/paypal/notices/{notice.pk}/"
    return Filled(signed_in(house.odile), page, f"{page}again/")


@case("desk:payments:settle_difference")
def _(house: House) -> Filled:
    row = Difference.objects.create(external_id="C1", kind="missing_here", found_at=NOW, seen_at=NOW)
    page = f"/desk/paypal/differences/{row.pk}/settle/"
    return Filled(signed_in(house.odile), page, typed={"reason": "Refunded by hand."})


@case("desk:office:retry_job")
def _(house: House) -> Filled:
    number = jobs.enqueue("carnet.mail.tasks.deliver", key=None, at=NOW, mail_id=0).pk
    Job.objects.filter(pk=number).update(state="failed", finished_at=NOW)
    return Filled(signed_in(house.odile), "/desk/jobs/", f"/desk/jobs/{number}/retry/")


@case("desk:proof:request_verification")
def _(house: House) -> Filled:
    return Filled(signed_in(house.odile), "/desk/verification/", "/desk/verification/request/")


@case("desk:office:retry_mail")
def _(house: House) -> Filled:
    contact_message("nora@example.org", name="Nora", language="en", at=NOW)
    number = OutgoingMail.objects.get().pk
    OutgoingMail.objects.filter(pk=number).update(state="failed")
    return Filled(signed_in(house.odile), "/desk/mails/", f"/desk/mails/{number}/retry/")


@case("demo:put_clock_forward")
def _(house: House) -> Filled:
    return Filled(signed_in(house.awa), "/demo/clock/", "/demo/clock/forward/", {"seconds": "900"})


# Sent by a script while somebody works; it may come as often as it likes.
# Programs send to it, and again as they like: see tests/till/test_receive_notice.py.
BY_MACHINES = {"machines:receive_notice"}
BY_SCRIPT = {"desk:tickets:save_draft", "desk:tickets:sign_of_life"}


def order_of_company(house: House) -> Order:
    """It waits for the money of a company."""
    open_shop()
    ines = make_person("Inés", email="ines@example.org")
    make_customer(ines, "Atelier Robledo", kind="company")
    return place(ines, put_on_sale(), at=NOW)


def order_on_word(house: House) -> Order:
    """Of a company elsewhere in the Union, whose VAT number VIES could not answer."""
    open_shop()
    ines = make_person("Inés", email="ines@example.org")
    customer = make_customer(ines, "Atelier Robledo", kind="company")
    spanish = buyer("Robledo SL", siren="", country="ES", postcode="28013", city="Madrid", vat_number="ESB58378431")
    checking_vat.ask_about_buyer(customer=customer, buyer=spanish, at=moment(0))
    return place(ines, put_on_sale(at=moment(0)), at=moment(0), buyer=spanish)


def withdrawal_of(house: House) -> Withdrawal:
    """Declared without signing in."""
    open_shop()
    order = place(house.claire, put_on_sale(), at=NOW)
    declared = withdrawing.Declared("Claire", house.claire.email, "en", SentTo())
    return withdrawing.declare_withdrawal(
        order=order, declared=declared, person=None, visitor="192.0.2.1", by=VISITOR, at=NOW, key="w"
    )


def covered(house: House, *, quantity: int = 3) -> Ticket:
    give_tokens(house.martins, quantity)
    return make_ticket(house.claire)


def answered(house: House) -> Ticket:
    ticket = covered(house)
    answer(ticket, house.awa, at=moment(20), should_solve=True)
    return Ticket.objects.get(pk=ticket.pk)


def at_desk(house: House, verb: str, typed: dict[str, Any] | None = None) -> Filled:
    page = f"/desk/tickets/{covered(house).pk}/"
    return Filled(signed_in(house.awa), page, f"{page}{verb}/", typed or {})


def at_contact(house: House, verb: str, typed: dict[str, Any] | None = None, **sender: str) -> Filled:
    page = f"/desk/contact/{contact_message(**sender).pk}/"
    return Filled(signed_in(house.awa), page, f"{page}{verb}/", typed or {})


def everything() -> dict[str, list[Any]]:
    """Every row; but signing in is written down each time."""
    rows = {model._meta.label: sorted(model._default_manager.values_list(), key=str) for model in WRITTEN}
    return {**rows, "audit.Entry": sorted(Entry.objects.exclude(code="person.signed_in").values_list(), key=str)}


def led_to(response: HttpResponse) -> tuple[int, str]:
    return response.status_code, response.headers.get("Location", "")


@pytest.mark.parametrize("name", CASES)
def test_the_second_leads_where_the_first_did_and_changes_nothing(name: str, house: House) -> None:
    filled = CASES[name](house)
    form = filled.found()
    assert resolve(form.action.partition("?")[0]).view_name == name.split(" ")[0]
    sent = form.filled(**filled.typed)
    before, cookies = everything(), filled.browser.cookies.copy()
    first = filled.browser.post(form.action, sent)
    once = everything()
    # A double click has not heard the first answer yet; somebody who goes back in the browser has.
    at_once = Client()
    at_once.cookies = cookies  # type: ignore[assignment]
    second, third = at_once.post(form.action, sent), filled.browser.post(form.action, sent)
    assert first.status_code == 302
    assert (led_to(second), led_to(third)) == (led_to(first), led_to(first))
    assert everything() == once
    if not name.startswith(("demo:", "my:people:switch")):  # the clock's file, the session
        assert once != before


def test_every_form_is_sent_twice() -> None:
    assert {name.split(" ")[0] for name in CASES} | BY_SCRIPT | BY_MACHINES == set(
        takes_post(get_resolver().url_patterns)
    )


def takes_post(patterns: list[Any], space: str = "") -> Iterator[str]:
    """The names of our own views that take a POST."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from takes_post(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and "POST" in methods_of(pattern.callback):
            yield f"{space}{pattern.name}"


def methods_of(view: Any) -> list[str]:
    """What `require_http_methods` of a view was told."""
    while view is not None:
        names = view.__code__.co_freevars if hasattr(view, "__code__") else ()
        for name, cell in zip(names, getattr(view, "__closure__", None) or (), strict=True):
            if name == "request_method_list":
                return list(cell.cell_contents)
        view = getattr(view, "__wrapped__", None)
    return []


def a_file(name: str = "other.png", content: bytes = contents.PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


# What somebody changes in a form that they go back to, one after the other; the last one is sent once more.
CHANGED: dict[str, list[dict[str, Any]]] = {
    "tickets:ask_first_question": [
        {"files": a_file()}, {"criticality": "blocked"}, {"name": "Zoé G."},
        {"customer_kind": "company", "customer_name": "Garnier"}, {"email": "zoe.garnier@example.org"},
    ],
    "tickets:write_contact_message": [{"name": "Zoé G."}, {"text": "And on Saturdays?"}],
    "tickets:declare_withdrawal": [{"name": "Zoé G."}, {"contract": "RF33AB23CD45"}],
    "my:tickets:open_ticket with the free minutes": [
        {"files": a_file()}, {"criticality": "blocked"}, {"way": "none"}, {"text": "And the scanner too."},
    ],
    "my:tickets:open_ticket with the last token": [{"stop_tokens": "3"}, {"text": "And the scanner too."}],
    "my:tickets:write_message": [{"files": a_file()}, {"text": "And the scanner too."}],
    "my:people:invite": [{"role": "holder"}, {"language": "es"}, {"email": "noe@example.org"}],
    "my:till:place_order": [
        {"means": "cheque"}, {"express_request": "on"}, {"street": "2 rue Basse"}, {"name": "Claire M."},
    ],
    "desk:tickets:answer_ticket": [{"files": a_file()}, {"way": "goes_on"}, {"text": "Or buy another one."}],
    "desk:tickets:answer_ticket a note": [{"files": a_file()}, {"text": "It was the cable."}],
    "desk:tickets:split_ticket": [{"text": "It is loud."}],
    "desk:tickets:answer_contact_message": [{"text": "At ten."}],
    "desk:ledger:grant_goodwill": [{"reason": "A birthday"}, {"last_day": "2027-09-30"}, {"quantity": "2"}],
    "desk:till:record_payment": [{"payer": "Her mother"}, {"document_number": "7"}, {"amount_cents": "100,00"}],
    "desk:till:record_unallocated_payment": [{"bank": "Another"}, {"amount_cents": "60"}],
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED)
def test_case_B1_V5_L12_other_content_under_the_same_key_is_refused_and_kept(name: str, house: House) -> None:
    """Somebody goes back in the browser, changes something and sends the form that was sent already."""
    filled = CASES[name](house)
    form = filled.found()
    sent = form.filled(**form.pressed | filled.typed)
    filled.browser.post(form.action, sent)
    once = everything()
    for changed in CHANGED[name]:
        answer_to_it = filled.browser.post(form.action, {**sent, **changed})
        assert answer_to_it.status_code in (200, 422), changed
    assert everything() == once
    page = answer_to_it.content.decode()
    with translation.override(answer_to_it.headers["Content-Language"]):
        assert escape(refusals.sentence(KeyReused())) in page
    again = next(one for one in forms_in(page, filled.page) if one.action == form.action and "key" in one.filled())
    assert {given: again.filled()[given] for given in changed} == changed
    fresh = again.filled(**filled.typed | changed)
    assert filled.browser.post(form.action, {**form.pressed, **fresh}).status_code == 302
    assert everything() != once


def test_case_B1_another_file_under_the_same_name_is_another_message(house: House) -> None:
    ticket, key = covered(house), form_key()

    def send(content: bytes) -> Message:
        return exchange.write_message(
            ticket=ticket, text="See", uploads=[a_file("log.txt", content)], key=key, by=house.claire.as_actor(),
            at=moment(30),
        )  # fmt: skip

    assert send(b"one") == send(b"one")
    with pytest.raises(KeyReused):
        send(b"two")


def test_L12_the_key_of_somebody_else_shows_nothing_of_theirs(house: House, ines: Person) -> None:
    filled = CASES["my:tickets:open_ticket with the free minutes"](house)
    sent = filled.found().filled(**filled.typed)
    filled.browser.post("/my/tickets/new/", sent)
    stranger = in_english(ines)
    page = stranger.post("/my/tickets/new/", sent)
    assert (page.status_code, Ticket.objects.count()) == (200, 1)
    assert "This form was already sent with different content." in page.content.decode()


def test_L12_the_key_of_a_message_in_another_ticket(house: House) -> None:
    filled = CASES["my:tickets:write_message"](house)
    form = filled.found()
    sent = form.filled(**filled.typed)
    filled.browser.post(form.action, sent)
    other = make_ticket(house.claire)
    for verb in ("message", "unsolved"):
        answer(other, house.awa, at=moment(30), should_solve=True)
        assert filled.browser.post(f"/my/tickets/{other.pk}/{verb}/", sent).status_code == 422
    assert Message.objects.filter(ticket=other, kind="question").count() == 1


def test_F1_a_link_is_confirmed_by_the_page_alone(house: House) -> None:
    """A key that is none confirms nothing, and signs nobody in later."""
    question = ask(at=moment(50))
    for key in ("", "x" * 32, "a" * 33):
        response = Client().post(f"/en/try/{question.token}/", {"key": key})
        assert (response.status_code, Ticket.objects.count()) == (200, 0)


def test_L10_what_was_to_pay_was_taken_meanwhile(house: House) -> None:
    give_tokens(house.martins, 1)
    make_ticket(house.claire, means="trial")
    browser = in_english(house.claire)
    sent = form_to(browser, "/my/tickets/new/", "/my/tickets/new/").filled(**QUESTION)
    assert sent["way"] == "tokens"
    make_ticket(house.hugo)
    response = browser.post("/my/tickets/new/", sent)
    ticket = Ticket.objects.latest("pk")
    assert (response["Location"], ticket.cover.state) == (f"/my/tickets/{ticket.pk}/", "waiting")
    page = browser.get(response["Location"]).content.decode()
    assert "We have your question, but you have no tickets or minutes for it" in page
    assert "/offers/" in page
