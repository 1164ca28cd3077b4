"""Whatever breaks off between two statements leaves nothing half, and the same request goes through afterwards."""

from functools import partial

import pytest
from django.db import transaction

from carnet.kernel.keys import Cause
from carnet.ledger.actions import freezing, movements
from carnet.ledger.models import CustomerLedger, Hold, Lot, Movement
from tests.factories.breaks import break_everywhere
from tests.factories.ledger import TEST, buckets, give, let_go, moment, sell, spend, take
from tests.factories.processes import answer_of, start
from tests.proofs import ledger_faults

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lots(martins, claire):
    """Two lots, of which ticket 1 has reserved three units and spent one."""
    made = [
        sell(martins, 2, months=6, at="2026-12-01 12:00"),
        give(martins, 5, until="2027-12-31", at="2026-12-01 12:00"),
    ]
    take(claire, martins, 1, quantity=3, at="2026-12-02 12:00")
    spend(martins, 1, at="2026-12-03 12:00")
    return made


def state():
    tables = [Lot.objects.order_by("pk"), Movement.objects.order_by("pk"), Hold.objects.order_by("pk")]
    return [list(table.values()) for table in [*tables, CustomerLedger.objects.order_by("pk")]]


def opened(customer, person):
    return sell(customer, 5, at="2027-03-01 12:00", key="open")


def reserved(customer, person):
    return take(person, customer, 7, quantity=3, key="reserve")


def spent(customer, person):
    return spend(customer, 1, key="spend")


def released(customer, person):
    return let_go(customer, 1, provider_caused=True, at="2027-12-20 12:00", key="release")


def corrected(customer, person):
    return movements.correct(
        movement=Movement.objects.filter(kind="spent").earliest("sequence"), quantity=1, rule="T14", by=TEST,
        at=moment("2027-02-01 12:00"), key="correct",
    )  # fmt: skip


def frozen(customer, person):
    at = moment("2027-03-01 12:00")
    return freezing.freeze(lot=Lot.objects.earliest("pk"), cause=Cause("payment", 1), by=TEST, at=at, key="freeze")


@transaction.atomic
def unfrozen(customer, person):
    frozen(customer, person)
    at = moment("2027-03-11 12:00")
    return freezing.unfreeze(lot=Lot.objects.earliest("pk"), cause=Cause("payment", 1), by=TEST, at=at, key="unfreeze")


def refunded(customer, person):
    given = {"lot": Lot.objects.latest("pk"), "cause": Cause("payment", 1), "by": TEST, "key": "refund"}
    return freezing.refund(quantity=2, at=moment("2027-03-01 12:00"), **given)


VERBS = [reserved, spent, released, corrected, opened, frozen, unfrozen, refunded]


@pytest.mark.parametrize("verb", VERBS)
def test_an_error_between_any_two_statements(lots, martins, claire, verb):
    before = state()
    assert break_everywhere(partial(verb, martins, claire), state) >= 8
    assert (state() == before, ledger_faults(martins)) == (False, [])


KILLED = """
import json, sys
from functools import partial
from carnet.ledger import queries
from carnet.people.models import Customer, Person
from tests.factories.breaks import kill_everywhere
from tests.ledger.test_crash import VERBS, state
from tests.proofs import ledger_faults
customer, person = Customer.objects.get(pk=sys.argv[1]), Person.objects.get(pk=sys.argv[2])
seen = {}
for verb in VERBS:
    statements, is_settled = kill_everywhere(partial(verb, customer, person), state)
    seen[verb.__name__] = [statements, is_settled, [str(fault) for fault in ledger_faults(customer)]]
print(json.dumps(seen))
"""


def test_a_process_killed_between_any_two_statements(lots, martins, claire, tmp_path):
    """Nothing is there, or everything: then the same request finds it, and moves nothing."""
    seen = answer_of(start(KILLED, tmp_path, martins.pk, claire.pk))
    assert list(seen) == [verb.__name__ for verb in VERBS]
    assert [left for left in seen.values() if left[0] < 8 or left[1:] != [True, []]] == []
    # Ticket 1 spent both units of the pack, one of them given back; its unit of the goodwill came back too.
    assert list(map(buckets, lots)) == [
        {"available": 1, "spent": 1},
        {"available": 2, "reserved": 3},
    ]
