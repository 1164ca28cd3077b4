"""L10, L12: many at once, in threads and in processes, on whichever database the suite runs."""

import datetime
from collections import Counter
from functools import partial

import pytest

from carnet.ledger import queries
from carnet.ledger.actions import sharing
from carnet.ledger.models import Hold, Lot, Movement
from tests.factories.ledger import TEST, buckets, give, moment, new_key, sell, spend, take
from tests.factories.processes import all_at_once, answer_of, start
from tests.proofs import all_ledger_faults, ledger_faults

pytestmark = pytest.mark.django_db(transaction=True)
TAKERS = 50


def names(results):
    return Counter(type(result).__name__ for result in results)


def test_L10_one_token_and_fifty_takers(martins, claire):
    lot = give(martins, 1)
    results = all_at_once([partial(take, claire, martins, number) for number in range(1, TAKERS + 1)])
    assert names(results) == {"list": 1, "NotEnoughUnits": TAKERS - 1}
    assert (buckets(lot), Hold.objects.count(), ledger_faults(martins)) == ({"reserved": 1}, 1, [])
    assert queries.balance_on(martins, datetime.date(2027, 1, 11)).tokens.available == 0


def test_L10_as_many_winners_as_tokens(martins, claire, hugo):
    lot = sell(martins, 20)
    results = all_at_once([partial(take, (claire, hugo)[n % 2], martins, n) for n in range(1, TAKERS + 1)])
    assert names(results) == {"list": 20, "NotEnoughUnits": TAKERS - 20}
    assert (buckets(lot), ledger_faults(martins)) == ({"reserved": 20}, [])
    assert [line.sequence for line in queries.movements_of(martins)] == list(range(1, 22))


def test_L12_the_same_key_at_once_moves_once(martins, claire):
    lot = sell(martins, 20)
    results = all_at_once([partial(take, claire, martins, key="double click") for _ in range(20)])
    assert {tuple(line.pk for line in result) for result in results} == {(Movement.objects.latest("sequence").pk,)}
    assert (buckets(lot), ledger_faults(martins)) == ({"available": 19, "reserved": 1}, [])


def test_L12_the_same_key_with_other_content_at_once(martins, claire):
    sell(martins, 20)
    results = all_at_once([partial(take, claire, martins, quantity=n, key="double click") for n in range(1, 9)])
    assert names(results) == {"list": 1, "KeyReused": 7}


def test_the_first_lots_of_a_customer_at_once(martins):
    """Nobody has locked this ledger before: its row is made by whoever comes first."""
    results = all_at_once([partial(give, martins, 1) for _ in range(10)])
    assert names(results) == {"Lot": 10}
    assert sorted(Lot.objects.values_list("number", flat=True)) == list(range(1, 11))
    assert ledger_faults(martins) == []


def test_L9_an_allowance_is_not_outrun(martins, hugo):
    lot = sell(martins, 20)
    sharing.set_allowance(lot=lot, person=hugo, units=3, by=TEST, at=moment("2027-01-11 12:00"))
    results = all_at_once([partial(take, hugo, martins, number) for number in range(1, 11)])
    assert names(results) == {"list": 3, "AllowanceUsedUp": 7}


def test_other_customers_are_not_in_the_way(martins, claire, robledo, ines):
    for customer, person in ((martins, claire), (robledo, ines)):
        sell(customer, 5)
        take(person, customer, customer.pk, quantity=5)
    acts = [partial(spend, customer, customer.pk, key=new_key()) for customer in (martins, robledo) for _ in range(5)]
    assert names(all_at_once(acts)) == {"list": 10}
    assert all_ledger_faults() == []


PROCESS = """
import json, sys
from carnet.ledger.actions import movements
from carnet.people.models import Customer, Person
from tests.factories.ledger import take
customer, person = Customer.objects.get(pk=sys.argv[1]), Person.objects.get(pk=sys.argv[2])
won = 0
for number in range(int(sys.argv[3]), int(sys.argv[3]) + 5):
    try:
        won += len(take(person, customer, number, key=f"open:{number}"))
    except movements.NotEnoughUnits:
        pass
print(json.dumps(won))
"""


def test_L10_one_token_and_processes(martins, claire, tmp_path):
    lot = give(martins, 1)
    processes = [start(PROCESS, tmp_path, martins.pk, claire.pk, 1 + 5 * n) for n in range(3)]
    assert sum(answer_of(process) for process in processes) == 1
    assert (buckets(lot), ledger_faults(martins)) == ({"reserved": 1}, [])
