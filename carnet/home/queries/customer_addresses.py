"""How a customer is reached: their address, as they gave it or as their last order says."""

from dataclasses import dataclass

from carnet.orders.queries import sales
from carnet.people.models import Customer
from carnet.provider import queries as provider


@dataclass(frozen=True, slots=True)
class AddressShown:
    """The lines of an address; whether it is that of the last order, because the customer has none of their own."""

    lines: list[str]
    is_of_invoice: bool = False


def address_of(customer: Customer) -> AddressShown | None:
    """The customer's own address, else that of their last order; None if nobody has written one."""
    own = _lines(customer.name, customer.street, customer.postcode, customer.city, customer.country)
    if own:
        return AddressShown(own)
    buyer = sales.last_buyer(customer)
    lines = _lines(buyer.name, buyer.street, buyer.postcode, buyer.city, buyer.country) if buyer else []
    return AddressShown(lines, is_of_invoice=True) if lines else None


def _lines(name: str, street: str, postcode: str, city: str, country: str) -> list[str]:
    """Empty without a street or a town: a name alone is no address."""
    if not (street or city):
        return []
    abroad = "" if country == provider.company().country else country
    return [line for line in (name, street, f"{postcode} {city}".strip(), abroad) if line]
