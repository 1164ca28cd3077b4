"""VIES is asked about a buyer's VAT number before the order is placed: outside transactions, as the network waits."""

import datetime

from carnet.catalogue import actions as catalogue
from carnet.catalogue.models import VatCheck
from carnet.orders import rules
from carnet.orders.actions import placing
from carnet.orders.queries import taxes
from carnet.people.models import Customer


def ask_about_buyer(*, customer: Customer, buyer: rules.Buyer, at: datetime.datetime) -> VatCheck | None:
    """What VIES says of the number by which this buyer would be charged no VAT; None if they are charged VAT anyway.

    To be called before `place_order` and before prices are shown, which both go by what is kept of it; what VIES said a
    moment ago is not asked again. No transaction may be open. Refuses as `place_order` does for numbers and address.
    """
    is_consumer = customer.kind == Customer.Kind.HOUSEHOLD
    plain = placing.plain_buyer(buyer, is_consumer=is_consumer)
    number = taxes.number_to_check(is_company=not is_consumer, country=plain.country, vat_number=plain.vat_number)
    return catalogue.check_vat_number(number=number, at=at) if number else None
