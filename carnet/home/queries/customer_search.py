from django.db.models import Count, Q, QuerySet

from carnet.invoices.models import Invoice
from carnet.orders.models import Order, OrderBuyer
from carnet.payments.models import PaymentDetails
from carnet.people import queries as people
from carnet.people.models import Customer, Invitation, Membership
from carnet.tickets.models import Ticket

# A shorter part of a reference or number is in too many of them.
PART_OF_A_NUMBER = 3


def customers_found(words: str) -> QuerySet[Customer]:
    """Customers in order of name: by a part of it, of their address, of the name, e-mail address or phone of anybody
    who belongs or belonged to them or is invited, of who bought or paid; by the number of the customer or of a ticket,
    and by a part of the reference of an order, of an invoice, a cheque, their SIREN or VAT number.
    """
    customers = Customer.objects.annotate(
        open_tickets=Count("tickets", filter=~Q(tickets__state=Ticket.State.CLOSED), distinct=True)
    ).order_by("name", "id")
    words = words.strip()
    if not words:
        return customers
    found = _called(words)
    number = words.lstrip("#")
    if number.isdecimal() and len(number) < 18:
        found |= Q(pk=int(number)) | Q(pk__in=Ticket.objects.filter(pk=int(number)).values("customer"))
    plain = "".join(words.split())
    if len(plain) >= PART_OF_A_NUMBER:
        found |= _with_number(plain)
    return customers.filter(found)


def _called(words: str) -> Q:
    """Customers by a part of a name or an address, their own or of whoever has to do with them."""
    members = Membership.objects.filter(person__in=people.persons_found(words))
    invited = Invitation.objects.filter(email__contains_folded=words)
    bought = OrderBuyer.objects.filter(_address(words) | Q(email__contains_folded=words))
    paid = PaymentDetails.objects.filter(payer__contains_folded=words)
    return (
        _address(words)
        | Q(pk__in=members.values("customer"))
        | Q(pk__in=invited.values("customer"))
        | Q(pk__in=bought.values("order__customer"))
        | Q(pk__in=paid.values("payment__customer"))
    )


def _address(words: str) -> Q:
    return Q(name__contains_folded=words) | Q(street__contains_folded=words) | Q(city__contains_folded=words)


def _with_number(plain: str) -> Q:
    """Customers by a part of a reference or number, without blanks."""
    own = Q(siren__contains=plain) | Q(vat_number__icontains=plain) | Q(postcode__icontains=plain)
    bought = OrderBuyer.objects.filter(own)
    paid = PaymentDetails.objects.filter(document_number__icontains=plain)
    return (
        own
        | Q(pk__in=Order.objects.filter(reference__icontains=plain).values("customer"))
        | Q(pk__in=Invoice.objects.filter(number__icontains=plain).values("customer"))
        | Q(pk__in=bought.values("order__customer"))
        | Q(pk__in=paid.values("payment__customer"))
    )
