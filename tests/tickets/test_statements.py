"""How many statements an ordinary ticket takes, of one token and one session, savepoints counted: what is read is read
once, and what belongs together is written together.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carnet.people.models import Person
from carnet.provider import queries as provider
from carnet.tickets.actions import assigning, questions, work
from carnet.tickets.models import Ticket
from carnet.work.rules.ways_to_pay import Chosen
from tests.factories.tickets import answer, close, form_key, give_tokens, make_ticket, moment

pytestmark = pytest.mark.django_db


def statements(act: Callable[[], Any]) -> int:
    provider.setting("idle_minutes")  # each process keeps the settings
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


@pytest.fixture
def ticket(martins, claire) -> Ticket:
    give_tokens(martins)
    return make_ticket(claire, at=moment(1))


def start(ticket: Ticket, agent: Person) -> None:
    work.start_work(ticket=ticket, by=agent.as_actor(), at=moment(2))


def stop(ticket: Ticket, agent: Person) -> None:
    work.stop_work(ticket=ticket, reason="Looked", by=agent.as_actor(), at=moment(9))


def limit(on_sqlite: int) -> int:
    """PostgreSQL gets the lines of the journal and all that they change in one message."""
    return on_sqlite - (3 if connection.vendor == "postgresql" and on_sqlite > 15 else 0)


def test_opening(ticket, martins, claire):
    asked = {"question": questions.Question("S", "T", "question"), "chosen": Chosen("tokens"), "key": form_key()}
    act = lambda: questions.open_ticket(  # noqa: E731
        customer=martins, person=claire, **asked, by=claire.as_actor(), at=moment(2)
    )
    assert statements(act) <= limit(18)


def test_starting(ticket, awa):
    assigning.assign_ticket(ticket=ticket, agent=awa, by=awa.as_actor(), at=moment(1))
    assert statements(lambda: start(ticket, awa)) <= 9


def test_starting_on_what_nobody_has(ticket, awa):
    """It is taken by that, which is one more."""
    assert statements(lambda: start(ticket, awa)) <= 10


def test_stopping(ticket, awa):
    start(ticket, awa)
    assert statements(lambda: stop(ticket, awa)) <= 14


def test_answering(ticket, awa):
    assert statements(lambda: answer(ticket, awa, at=moment(10))) <= 9


def test_closing(ticket, awa):
    start(ticket, awa)
    stop(ticket, awa)
    answer(ticket, awa, at=moment(10), should_solve=True)
    found = Ticket.objects.select_related("asked_by").get(pk=ticket.pk)
    assert statements(lambda: close(found, at=moment(15))) <= limit(18)
