"""VIES is asked about a buyer's VAT number before the order is placed: outside transactions, as the network waits."""

import datetime

from carnet.catalogue import actions as catalogue
from carnet.catalogue import queries as catalogue_queries
from carnet.catalogue.models import VatCheck
from carnet.kernel.refused import Refused
from carnet.limits import actions as limits
from carnet.limits.rules import HOUR, Limit
from carnet.orders import rules
from carnet.orders.actions import placing
from carnet.orders.queries import taxes
from carnet.people.models import Customer

ASKED_AN_HOUR = Limit("VAT numbers checked for a customer", 20, HOUR)


class TooManyVatNumbers(Refused):
    """So many numbers were checked for this customer within an hour that no other one is: who has VIES asked until it
    is asked no more would be charged no VAT on their word.
    """

    code = "orders.too_many_vat_numbers"
    field = "vat_number"


def ask_about_buyer(*, customer: Customer, buyer: rules.Buyer, at: datetime.datetime) -> VatCheck | None:
    """What VIES says of the number by which this buyer would be charged no VAT; None if they are charged VAT anyway.

    To be called before `place_order` and before prices are shown, which both go by what is kept of it; what VIES said a
    moment ago is not asked again. No transaction may be open. Refuses as `place_order` does for numbers and address,
    and `TooManyVatNumbers`.
    """
    is_consumer = customer.kind == Customer.Kind.HOUSEHOLD
    plain = placing.plain_buyer(buyer, is_consumer=is_consumer)
    number = taxes.number_to_check(is_company=not is_consumer, country=plain.country, vat_number=plain.vat_number)
    if not number:
        return None
    is_asked = catalogue_queries.vat_check_just_made(number, at) is None
    if is_asked and not limits.spend(ASKED_AN_HOUR, f"customer:{customer.pk}", at=at):
        known = catalogue_queries.vat_check_that_counts(number, at)
        if known is None:
            raise TooManyVatNumbers
        return known
    return catalogue.check_vat_number(number=number, at=at)
