"""What a verification finds, as tests read it: nothing if all is well."""

from collections.abc import Iterator

from carnet.people.models import Customer
from carnet.proof import queries
from carnet.proof.replays import ledger, tickets
from carnet.proof.rules import Fault, Found
from carnet.proof.shown.faults import sentence


def faults_in(portions: Iterator[Found]) -> list[str]:
    """The faults of these portions, in words."""
    return [sentence(fault) for _records, faults in portions for fault in faults]


def ledger_faults(customer: Customer) -> list[Fault]:
    """What is wrong with the journal of units of this customer."""
    return ledger.faults_among([customer.pk])[1]


def all_ledger_faults() -> list[Fault]:
    return [fault for _records, faults in ledger.faults() for fault in faults]


def ticket_faults() -> list[str]:
    return faults_in(tickets.faults())


def every_fault(*checks: str) -> list[str]:
    """What all checks find, or these."""
    return faults_in(found for name, check in queries.CHECKS if not checks or name in checks for found in check())
