"""A customer's carnets and hour packs as pictures, in a constant number of queries."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from carnet.kernel import calendar, reading
from carnet.ledger.models import Allowance, Hold, Lot
from carnet.orders.shown import disputes as dispute_words
from carnet.orders.shown import effects
from carnet.payments.models import Dispute
from carnet.people.models import Customer, Person
from carnet.provider import queries as provider
from carnet.tickets.models import Ticket
from carnet.till.queries import disputed
from carnet.web import pictures

State = Literal["live", "dormant", "lapsed", "used_up"]
SOON = datetime.timedelta(days=30)
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
    dispute: Dispute | None = None  # over its payment, open or lost (O7)

    @property
    def words(self) -> str:
        """Where it comes from and who can use it; of one that is over, what became of it (L4)."""
        lot, reason = self.lot, self.lot.note.text if hasattr(self.lot, "note") else ""
        if self.dispute:
            return _disputed(lot, self.dispute)
        if lot.refunded and not lot.available:
            return _refunded(lot)
        if self.state == "dormant":
            return _("Dormant since its last day: your next pack of the same kind revives it.")
        if self.state == "lapsed":
            return _("The last day has passed and anything left has expired.")
        if lot.origin == Lot.Origin.GOODWILL:
            return _("Goodwill from us: %(reason)s") % {"reason": reason} if reason else _("Goodwill from us.")
        if lot.origin == Lot.Origin.TRIAL:
            return _("Your free minutes, given once.")
        if lot.shared and lot.is_limited:  # type: ignore[attr-defined]
            return _("Shared, within the limits set by an account holder.")
        if lot.shared:
            return _("Shared: everyone in your account can use it.")
        return _("Personal: for the person it was bought for and for account holders.")

    @property
    def is_frozen(self) -> bool:
        return self.dispute is not None and self.dispute.is_open and self.lot.frozen_at is not None

    @property
    def is_bounced(self) -> bool:
        """Whether that is because a cheque bounced."""
        return self.dispute is not None and self.dispute.is_bounce

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
    disputes = disputed.disputes_of_lots(lots)
    shown = [replace(_shown(lot, holds[lot.pk], uses, today), dispute=disputes.get(lot.pk)) for lot in lots]
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
    front = pictures.Front(
        lot.number,
        _("Free minutes") if lot.origin == Lot.Origin.TRIAL else "",
        lot.last_day,
        is_dormant=state == "dormant",
        is_lapsed=state == "lapsed",
        is_gift=lot.origin != Lot.Origin.PURCHASED,
    )
    if lot.unit == Lot.Unit.MINUTE:
        tape = pictures.Tape(front, lot.quantity, lot.spent, lot.reserved, lot.frozen, lot.refunded)
        return LotShown(lot, state, ends_soon, tape=tape)
    picture = pictures.carnet(
        front,
        quantity=lot.quantity,
        spent=[_use(hold, uses) for hold in holds for _ in range(hold.spent)],
        held=[_use(hold, uses) for hold in holds for _ in range(hold.reserved)],
        frozen=lot.frozen,
        refunded=lot.refunded,
    )
    return LotShown(lot, state, ends_soon, carnet=picture)


def _use(hold: Hold, uses: dict[int, pictures.Use]) -> pictures.Use:
    return uses.get(hold.cause_id, pictures.Use()) if hold.cause_kind == "cover" else pictures.Use()


def _disputed(lot: Lot, dispute: Dispute) -> str:
    """O7: since when it is frozen or cancelled, why, and what still works."""
    if dispute.is_bounce:
        return _bounced(lot, dispute)
    language = reading.language()
    if dispute.is_open and lot.frozen_at:
        day = dispute_words.day_of(lot.frozen_at, language)
        return _(
            "Frozen since %(day)s because the payment is disputed at PayPal. Open tickets continue as usual; if the"
            " payment stands, you lose no days."
        ) % {"day": day}
    if lot.available:
        return _(
            "Part of the payment was taken back after a dispute: its share is cancelled, and you can use the rest."
        )
    return _("The payment was disputed and taken back: what was not used is cancelled. Open tickets continue as usual.")


def _bounced(lot: Lot, dispute: Dispute) -> str:
    """The same of a cheque that bounced."""
    if dispute.is_open and lot.frozen_at:
        return _(
            "Frozen since %(day)s because the bank returned your cheque unpaid. Open tickets continue as usual; pay it"
            " again, and you lose no days."
        ) % {"day": dispute_words.day_of(lot.frozen_at, reading.language())}
    if lot.available:
        return _("A cheque was returned unpaid: its share is cancelled, and you can use the rest.")
    return _("The cheque was returned unpaid: what was not used is cancelled. Open tickets continue as usual.")


def _refunded(lot: Lot) -> str:
    """O9: everything went back that was not used."""
    if lot.reserved or lot.frozen:
        return _("Refunded. Open tickets continue as usual; anything they reserved and don’t use is refunded too.")
    return _("What was not used is refunded.")


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
