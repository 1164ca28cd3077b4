"""What the pages of this app show of several others, each in a constant number of queries."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from carnet.invoices.models import Invoice
from carnet.kernel import calendar
from carnet.ledger.models import Allowance, Hold, Lot
from carnet.orders.models import Order, OrderBuyer
from carnet.orders.queries import effects
from carnet.payments.models import PaymentDetails
from carnet.people import queries as people
from carnet.people.models import Customer, Invitation, Membership, Person
from carnet.provider import queries as provider
from carnet.tickets.models import Ticket
from carnet.web import pictures
from carnet.work.models import Cover

State = Literal["live", "dormant", "lapsed", "used_up"]
SOON = datetime.timedelta(days=30)
# A shorter part of a reference or number is in too many of them.
PART_OF_A_NUMBER = 3
ORDER: dict[State, int] = {"live": 0, "dormant": 1, "lapsed": 2, "used_up": 2}


@dataclass(frozen=True, slots=True)
class LotShown:
    """A lot as it is drawn: a carnet of tokens, or a tape of minutes."""

    lot: Lot
    state: State
    ends_soon: bool
    carnet: pictures.Carnet | None = None
    tape: pictures.Tape | None = None
    again_href: str = ""  # where a customer buys a pack that wakes it (L5)

    @property
    def is_past(self) -> bool:
        """Nothing of it can be used any more, nor come back."""
        return self.state in ("lapsed", "used_up")


def lots_shown(customer: Customer, *, reader: Person, at: datetime.datetime) -> list[LotShown]:
    """The customer's lots as pictures: live ones by last day, then those asleep, then what is past.

    A stub leads to the ticket that it paid for, if the reader may open that (P2).
    """
    today = calendar.date_on(at, provider.time_zone())
    limits = Allowance.objects.filter(
        lot=OuterRef("pk"), person__memberships__customer=customer, person__memberships__ended_at=None
    )
    lots = list(
        Lot.objects.filter(customer=customer)
        .annotate(is_limited=Exists(limits))
        .select_related("note")
        .order_by("number")
    )
    holds: dict[int, list[Hold]] = defaultdict(list)
    for hold in (
        Hold.objects.filter(lot__in=lots, lot__unit=Lot.Unit.TOKEN)
        .filter(Q(reserved__gt=0) | Q(spent__gt=0))
        .order_by("id")
    ):
        holds[hold.lot_id].append(hold)
    covers = {hold.cause_id for found in holds.values() for hold in found if hold.cause_kind == "cover"}
    uses = _uses(Ticket.objects.visible_to(reader).filter(cover__in=covers), at_desk=reader.is_team)
    shown = [_shown(lot, holds[lot.pk], uses, today) for lot in lots]
    dormant = [one.lot for one in shown if one.state == "dormant" and one.lot.available]
    if dormant and not reader.is_team:
        ways = effects.ways_to_buy_again(dormant, at)
        shown = [replace(one, again_href=ways.get(one.lot.pk, "")) for one in shown]
    return sorted(shown, key=lambda one: (ORDER[one.state], one.lot.last_day or datetime.date.max, one.lot.number))


def _uses(tickets: QuerySet[Ticket], *, at_desk: bool) -> dict[int, pictures.Use]:
    name = "desk:tickets:ticket" if at_desk else "my:tickets:ticket"
    return {
        cover_id: pictures.Use(reverse(name, args=[number]), subject)
        for cover_id, number, subject in tickets.values_list("cover_id", "pk", "subject")
    }


def _shown(lot: Lot, holds: list[Hold], uses: dict[int, pictures.Use], today: datetime.date) -> LotShown:
    state = _state(lot, today)
    ends_soon = state == "live" and lot.available > 0 and lot.last_day is not None and lot.last_day <= today + SOON
    is_gift = lot.origin != Lot.Origin.PURCHASED
    name = _("Free minutes") if lot.origin == Lot.Origin.TRIAL else ""
    if lot.unit == Lot.Unit.MINUTE:
        tape = pictures.Tape(
            lot.quantity,
            lot.spent,
            lot.reserved,
            lot.last_day,
            number=lot.number,
            name=name,
            is_dormant=state == "dormant",
            is_lapsed=state == "lapsed",
            is_gift=is_gift,
        )
        return LotShown(lot, state, ends_soon, tape=tape)
    picture = pictures.carnet(
        quantity=lot.quantity,
        spent=[_use(hold, uses) for hold in holds for _ in range(hold.spent)],
        held=[_use(hold, uses) for hold in holds for _ in range(hold.reserved)],
        frozen=lot.frozen,
        refunded=lot.refunded,
        number=lot.number,
        last_on=lot.last_day,
        is_dormant=state == "dormant",
        is_lapsed=state == "lapsed",
        is_gift=is_gift,
    )
    return LotShown(lot, state, ends_soon, carnet=picture)


def _use(hold: Hold, uses: dict[int, pictures.Use]) -> pictures.Use:
    return uses.get(hold.cause_id, pictures.Use()) if hold.cause_kind == "cover" else pictures.Use()


def _state(lot: Lot, today: datetime.date) -> State:
    """L4, as a customer reads it: what is reserved can still be used, whatever the day; what is left may be past."""
    if lot.last_day is None or today <= lot.last_day:
        return "live" if lot.available + lot.reserved + lot.frozen else "used_up"
    if lot.available + lot.frozen:
        return "dormant" if lot.origin == Lot.Origin.PURCHASED else "lapsed"
    return "live" if lot.reserved else "used_up"


def left_in(lots: Iterable[LotShown], unit: str) -> int:
    """How many units of a kind the customer can still use."""
    return sum(one.lot.available for one in lots if one.state == "live" and one.lot.unit == unit)


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


def tickets_waiting_for(person: Person, customer: Customer) -> QuerySet[Ticket]:
    """What waits for this person, the newest first, with `may_read` (P2): answers to judge, questions to answer,
    tickets that wait for consent or units, and those of removed members that were passed to them (P3).
    """
    readable = Ticket.objects.visible_to(person).filter(pk=OuterRef("pk"))
    waits = Q(state__in=[Ticket.State.ASKED_BACK, Ticket.State.ANSWERED]) | Q(
        state=Ticket.State.OPEN, cover__state=Cover.State.WAITING
    )
    return (
        Ticket.objects.listed_for(person)
        .open()
        .filter(customer=customer)
        .annotate(may_read=Exists(readable))
        .filter(Q(may_read=True) & waits | Q(passed_to=person))
        .select_related("cover")
        .order_by("-opened_at", "-id")
    )
