"""The sales journal, read."""

import datetime

from django.db.models import QuerySet

from carnet.books.models import Line


def lines_of(customer_id: int) -> QuerySet[Line]:
    """A customer's lines, in the order in which they were written."""
    return Line.objects.filter(customer_id=customer_id).order_by("id")


def lines_on(first: datetime.date, last: datetime.date) -> QuerySet[Line]:
    """Lines whose date is in this period, both days included."""
    return Line.objects.filter(on__gte=first, on__lte=last).order_by("on", "id")


def payment_line(payment_id: int) -> Line:
    """The line by which this money came into the books."""
    return Line.objects.get(kind=Line.Kind.PAYMENT, payment_id=payment_id)


def sale_lines(document: str) -> list[Line]:
    """The lines of the sales on this invoice, in its order."""
    return list(Line.objects.filter(kind=Line.Kind.SALE, document=document).order_by("sequence"))
