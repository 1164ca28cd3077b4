"""What an agent reads below the clock: what the ticket waits for, or what comes when the paid time ends."""

import re
from typing import Any

import pytest
import time_machine
from django.template.loader import render_to_string
from django.utils import translation

from carnet.tickets.models import Ticket
from carnet.work.models import Cover
from carnet.work.queries.worked_time import Clock
from carnet.work.rules.prices import Price
from tests.factories.tickets import moment

WAITING = Cover.State.WAITING


def meter(ticket: Ticket, **times: Any) -> str:
    """The meter as the page has it, in English, at the hour of `moment(0)`."""
    values = {"worked_seconds": 60, "offered_seconds": 0, "paid_seconds": 0, "runs": False, "stops_at": None}
    clock = Clock(**values | {"works": (), "price": Price()} | times)
    with translation.override("en"), time_machine.travel(moment(0), tick=False):
        html = render_to_string("tickets/desk/meter.html", {"ticket": ticket, "clock": clock})
    return " ".join(re.sub(r"</?time[^>]*>", "", html).split())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cover", "times", "said"),
    [
        (
            {"state": WAITING, "waits_for": "consent"}, {},
            "The customer has been asked whether to continue. Any work in the meantime is free of charge.",
        ),
        (
            {"state": WAITING, "waits_for": "units"}, {},
            "The customer has no tickets or minutes left; they have been shown the offers.",
        ),
        (
            {}, {"stops_at": moment(30), "next_units": "tokens"},
            "The paid time ends today 9:30; another ticket is then used, as agreed.",
        ),
        (
            {}, {"stops_at": moment(30), "next_units": "minutes"},
            "The reserved time ends today 9:30; more minutes are then reserved, as agreed.",
        ),
        (
            {}, {"stops_at": moment(30)},
            "The paid time ends today 9:30. The clock then stops unless the customer agrees to more.",
        ),
    ],
)  # fmt: skip
def test_T4_T5_it_tells_the_agent_what_comes(cover, times, said):
    assert f'<p class="small"> {said} </p>' in meter(Ticket(cover=Cover(**cover)), **times)


@pytest.mark.parametrize(
    ("units", "said"),
    [("tokens", "Another ticket has been agreed to."), ("minutes", "More minutes have been agreed to.")],
)
def test_T4_H4_what_was_agreed_is_told_softly_while_no_clock_runs(units, said):
    assert f'<p class="small soft"> {said} </p>' in meter(Ticket(cover=Cover()), next_units=units)


def test_T8_a_repair_is_free_whatever_comes():
    repair = meter(Ticket(only_repair=True, cover=Cover(state=WAITING)), stops_at=moment(30))
    assert "Reopened to fix what failed: free of charge.</span> </p>" in repair
    assert "shown the offers" not in repair


def test_nothing_is_told_of_a_closed_ticket_or_where_nothing_was_agreed():
    closed = Ticket(state=Ticket.State.CLOSED, cover=Cover(state=WAITING))
    assert 'class="small' not in meter(closed, stops_at=moment(90), next_units="tokens")
    assert 'class="small' not in meter(Ticket(cover=Cover()))
