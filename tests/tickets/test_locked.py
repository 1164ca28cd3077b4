"""Ticket, ledger and cover are locked by one statement, in this order (docs/decisions/one-lock-for-work.md)."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, connections, transaction

from carnet.ledger.models import CustomerLedger
from carnet.tickets.models import Ticket
from carnet.work.models import Cover
from tests.factories.tickets import give_tokens, make_ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ticket(martins, claire):
    give_tokens(martins, 1)
    return make_ticket(claire)


def ceiling_once_locked(number):
    try:
        with transaction.atomic():
            return Ticket.objects.locked(number).cover.token_ceiling
    finally:
        connections.close_all()


def is_free(model, number):
    with transaction.atomic():
        try:
            with transaction.atomic():
                return model.objects.select_for_update(nowait=True).filter(pk=number).exists()
        except DatabaseError:
            return False


def until_somebody_waits_for_us():
    """PostgreSQL tells who waits for whom; on SQLite nobody but the one who writes is in a transaction.

    Only those who wait for this connection: tests of other workers wait on the same server.
    """
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute(waiting)
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits for the ledger")


def test_who_waits_for_the_ledger_has_the_ticket_and_then_sees_what_was_written_meanwhile(ticket):
    before = ticket.cover.token_ceiling
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            CustomerLedger.objects.lock(ticket.customer_id)
            waiter = pool.submit(ceiling_once_locked, ticket.pk)
            if connection.vendor == "postgresql":
                until_somebody_waits_for_us()
                assert not is_free(Ticket, ticket.pk)
                assert is_free(Cover, ticket.cover_id)
            Cover.objects.filter(pk=ticket.cover_id).update(token_ceiling=before + 1)
        assert waiter.result(timeout=60) == before + 1
