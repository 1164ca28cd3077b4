"""Every address of the site, with somebody's rows to fill into it, and who may visit it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from carnet.cheques.actions import make_deposit_slip
from carnet.files import actions as files
from carnet.jobs.models import Job
from carnet.kernel import keys
from carnet.mail.models import OutgoingMail
from carnet.orders.models import Order
from carnet.payments.models import Difference, OnlineNotice
from carnet.people.models import Customer, Invitation, Membership, Person
from carnet.tickets.models import Attachment, ContactMessage, Ticket
from carnet.till.models import Withdrawal, WithdrawalDetails
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, open_shop, pay, place
from tests.factories.people import BEGAN, invited, signed_in
from tests.factories.refunds import owe
from tests.factories.tickets import give_tokens, make_ticket, work_on


def addresses(patterns: list[Any], prefix: str = "", space: str = "") -> Iterator[tuple[str, str, Any, list[str]]]:
    """(name, route, view, names of its parameters) of every address."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", route, pattern.callback, list(pattern.pattern.converters)


EVERY = list(addresses(get_resolver().url_patterns))


def filled(route: str, parameters: list[str], rows: dict[str, Any]) -> str:
    """The address with the Martins' rows in the place of its parameters."""
    for parameter in parameters:
        start = route.index("<")
        end = route.index(">", start) + 1
        assert route[start:end].endswith(f"{parameter}>")
        route = route[:start] + str(rows[parameter]) + route[end:]
    return route


@pytest.fixture
def rows(martins: Customer, claire: Person, hugo: Person, awa: Person) -> dict[str, Any]:
    """A row of the Martins, all Claire's, for each parameter that an address can carry."""
    lot = give_tokens(martins)
    ticket: Ticket = make_ticket(claire)
    work_on(ticket, awa, 5, since=BEGAN)
    stored = files.store_file(upload=SimpleUploadedFile("note.txt", b"A note."), at=BEGAN)
    Attachment.objects.create(message=ticket.messages.get(), file=stored)
    secret = invited(martins, "nora@example.org")
    open_shop()
    order = place(claire, put_on_sale("tokens-50", 50))
    cheque = pay(order, means="cheque")
    contact = ContactMessage.objects.create(
        key=keys.new_key(), name="A", email="a@example.org", language="fr", subject="S", text="T", at=BEGAN
    )
    return {
        "ticket_id": ticket.pk,
        "session_id": ticket.cover.sessions.get().pk,
        "customer_id": martins.pk,
        "lot_number": lot.number,
        "membership_id": Membership.objects.get(person=hugo).pk,
        "invitation_id": Invitation.objects.get().pk,
        "mail_id": OutgoingMail.objects.latest("pk").pk,
        "job_id": Job.objects.latest("pk").pk,
        "message_id": contact.pk,
        "file_id": stored.pk,
        "secret": secret,
        "token": "unknown",
        "slug": "unknown",
        "view": "mine",
        "offer_code": "tokens-50",
        "reference": order.reference,
        "order_id": order.pk,
        "payment_id": cheque.pk,
        "notice_id": _notice().pk,
        "difference_id": _difference().pk,
        "repayment_id": owe(cheque, 100).pk,
        "slip_id": make_deposit_slip(payments=[cheque.pk], by=TEST, at=moment(AT), key="slip").pk,
        "withdrawal_id": _withdrawal(order).pk,
        "number": order.customer.invoices.get().number,
        "name": "close_after_days",
        "kind": "terms",
        "version": 1,
    }


def _withdrawal(order: Order) -> Withdrawal:
    withdrawal = Withdrawal.objects.create(
        order=order, declared_at=BEGAN, language="fr", key="w", content="", actor_kind="visitor"
    )
    WithdrawalDetails.objects.create(withdrawal=withdrawal, name="A", email="a@example.org")
    return withdrawal


def _notice() -> OnlineNotice:
    return OnlineNotice.objects.create(
        body=b"{}", headers={}, digest="0" * 64, received_at=BEGAN, last_at=BEGAN, state=OnlineNotice.State.FAILED
    )


def _difference() -> Difference:
    return Difference.objects.create(external_id="C1", kind="missing_here", found_at=BEGAN, seen_at=BEGAN)


@pytest.fixture
def browsers(claire: Person, hugo: Person, ines: Person, awa: Person, odile: Person) -> dict[str, Client]:
    return {
        "nobody": Client(),
        "stranger": signed_in(ines),
        "member": signed_in(hugo),
        "holder": signed_in(claire),
        "agent": signed_in(awa),
        "owner": signed_in(odile),
    }
