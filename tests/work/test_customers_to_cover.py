"""Whose waiting questions the worker tries to cover: where units came, came back or were opened to somebody."""

from carnet.ledger.actions import sharing
from carnet.people.models import Customer, Person
from carnet.work.queries import covers as queries
from tests.factories.ledger import TEST, give, moment, sell, take
from tests.factories.work import open_cover

LATER = moment("2027-01-14 12:00")


def allow(customer: Customer, person: Person, units: int | None, at: str) -> None:
    sharing.set_allowance(lot=customer.lots.get(), person=person, units=units, by=TEST, at=moment(at))


def found() -> list[Customer]:
    return list(queries.customers_to_cover(LATER))


def test_T15_once_units_came(martins, claire):
    open_cover(martins, claire)
    assert found() == []
    give(martins, 1, at="2027-01-12 12:00")
    assert found() == [martins]


def test_not_while_all_of_them_are_taken(martins, claire, hugo):
    open_cover(martins, claire)
    give(martins, 1, at="2027-01-12 12:00")
    take(hugo, martins, 2, at="2027-01-12 13:00")
    assert found() == []


def test_L9_once_a_limit_was_raised_or_lifted(martins, hugo):
    sell(martins, 20, at="2027-01-11 09:00")
    allow(martins, hugo, 0, "2027-01-11 10:00")
    cover = open_cover(martins, hugo)
    assert (cover.is_waiting, found()) == (True, [])
    allow(martins, hugo, 1, "2027-01-12 12:00")
    assert found() == [martins]
