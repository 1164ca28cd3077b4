"""What tickets do with units, told to the program and to a model in the same words."""

import datetime
from collections.abc import Callable
from typing import Any

from carnet.kernel.keys import Cause
from carnet.ledger.actions import movements
from carnet.ledger.rules import Units
from carnet.people.models import Customer, Person
from tests.factories.catalogue import TEST
from tests.factories.tickets import form_key


class UnitsTold:
    """For a story about homes, each with its customer and person."""

    shop: Any
    people: list[Person]
    customers: list[Customer]

    @property
    def at(self) -> datetime.datetime:
        return self.shop.now

    def _moved(self, act: Callable[[], object]) -> None:
        """In a transaction of the caller's."""
        act()

    def _move(self, act: Callable[..., object], home: int, ticket: int, rule: str, **given: Any) -> None:
        given |= {"account": self.customers[home], "cause": Cause("ticket", ticket), "rule": rule}
        given |= {"by": TEST, "at": self.at, "key": form_key()}
        self._moved(lambda: act(**given))

    def _reserve(self, home: int, ticket: int, unit: str, units: int) -> None:
        wanted = {"person": self.people[home], "units": Units(unit, units)}  # type: ignore[arg-type]
        self._move(movements.reserve, home, ticket, "T1", **wanted)

    def _reserve_at_home(self, home: int, ticket: int, unit: str, units: int) -> None:
        self.shop.reserve(home, ticket, unit, units)

    def _spend(self, home: int, ticket: int, unit: str, units: int) -> None:
        self._move(movements.spend, home, ticket, "T2", units=Units(unit, units))  # type: ignore[arg-type]

    def _spend_at_home(self, home: int, ticket: int, unit: str, units: int) -> None:
        self.shop.spend(home, ticket, units)

    def _release(self, home: int, ticket: int, unit: str, units: int) -> None:
        self._move(movements.release, home, ticket, "T12", units=Units(unit, units))  # type: ignore[arg-type]

    def _release_at_home(self, home: int, ticket: int, unit: str, units: int) -> None:
        self.shop.release(home, ticket, units)
