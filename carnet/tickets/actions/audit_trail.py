"""The audit entries of tickets: part of every action that changes one."""

import datetime
from typing import Any

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.tickets.models import Ticket


def record(code: str, ticket: Ticket, *, by: Actor, at: datetime.datetime, **details: Any) -> None:
    """Write down what was done to the ticket."""
    audit.record(code, by=by, at=at, subject=("ticket", ticket.pk), customer_id=ticket.customer_id, **details)


def entry(code: str, ticket: Ticket, *, by: Actor, at: datetime.datetime, **details: Any) -> Entry:
    """The same, not stored yet: for an action that has several."""
    return audit.entry(code, by=by, at=at, subject=("ticket", ticket.pk), customer_id=ticket.customer_id, **details)
