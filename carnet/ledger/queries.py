"""What stands in the ledger: who may draw what, the balance on any date, and what `verify` finds wrong."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace

from django.db.models import F, Q, QuerySet, Sum

from carnet.kernel import calendar
from carnet.kernel.keys import Cause
from carnet.ledger import journal, rules
from carnet.ledger.models import BUCKETS, Allowance, CustomerLedger, Hold, Lot, Movement, Notice
from carnet.people import queries as people
from carnet.people.models import Customer, Membership, Person
from carnet.provider import queries as provider


@dataclass(frozen=True, slots=True)
class Drawable:
    """What a person may draw from one lot now, in the order of use (L7, L9)."""

    lot: Lot
    units: int


@dataclass(frozen=True, slots=True)
class LotBalance:
    """What one lot was, is or will be on a date: its row, its state (L4), its last day and units as of then."""

    lot: Lot
    state: rules.State
    last_day: datetime.date | None
    balance: rules.Balance


@dataclass(frozen=True, slots=True)
class CustomerBalance:
    """All units of a customer on a date, by lot in the order of their numbers and summed by unit."""

    day: datetime.date
    lots: tuple[LotBalance, ...]

    def of(self, unit: str, origins: Collection[str] = tuple(Lot.Origin)) -> rules.Balance:
        """The sums of one unit; tokens and minutes are never added to each other."""
        balances = [lot.balance for lot in self.lots if lot.lot.unit == unit and lot.lot.origin in origins]
        return rules.Balance(**{name: sum(getattr(one, name) for one in balances) for name in KINDS})

    @property
    def tokens(self) -> rules.Balance:
        return self.of(Lot.Unit.TOKEN)

    @property
    def minutes(self) -> rules.Balance:
        """Minutes but those of the trial, which stand apart (F2)."""
        return self.of(Lot.Unit.MINUTE, (Lot.Origin.PURCHASED, Lot.Origin.GOODWILL))

    @property
    def free_minutes(self) -> rules.Balance:
        """The minutes of the trial (F1)."""
        return self.of(Lot.Unit.MINUTE, (Lot.Origin.TRIAL,))


@dataclass(frozen=True, slots=True)
class Share:
    """What one person has drawn from a shared lot, reserved and spent, and may draw in all (L9); None: no limit."""

    membership: Membership
    drawn: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class Ending:
    """What one person is to be told of a customer: lots that end, each with the notice that is due (30 or 7 days)."""

    customer: Customer
    person: Person
    lots: tuple[tuple[Lot, int], ...]


@dataclass(frozen=True, slots=True)
class Low:
    """What one holder is to be told: units of a kind run low, and so many can still be used."""

    customer: Customer
    person: Person
    unit: rules.Unit
    left: int


@dataclass(frozen=True, slots=True)
class LowPortion:
    """Of some customers: notices after which units rose again, by number, and what is to be told."""

    over: list[int]
    to_tell: list[Low]


KINDS = tuple(field.name for field in fields(rules.Balance))
RECORDS_AT_ONCE = 20_000
CUSTOMERS_AT_ONCE = 500


def balance_on(customer: Customer, day: datetime.date) -> CustomerBalance:
    """L4: the balance at the end of `day` in the provider's zone: from the journal for a past day, by arithmetic
    for a future one.

    For a future day it assumes no further event; for a past one it never changes.
    """
    return _balance(customer, day, before=calendar.end_of(day, provider.time_zone()))


def balance_at(customer: Customer, at: datetime.datetime) -> CustomerBalance:
    """L4: the balance at an instant, after every movement up to it and including it."""
    return _balance(customer, calendar.date_on(at, provider.time_zone()), before=at + datetime.timedelta.resolution)


def balance_of_lots(lots: Iterable[Lot], day: datetime.date) -> CustomerBalance:
    """L4: the balance at the end of `day`, no day before the last movement, of a customer's lots as they stand now."""
    return _balance_of(((lot, lot.as_view()) for lot in lots), day)


def lots_of(customer: Customer) -> list[Lot]:
    """Every lot of the customer, the newest first, with the reason of goodwill."""
    return list(Lot.objects.filter(customer=customer).select_related("person", "note").order_by("-number"))


def drawable(
    account: journal.Account | Customer,
    person: Person,
    unit: rules.Unit,
    at: datetime.datetime,
    origins: tuple[rules.Origin, ...] = rules.PAYING,
) -> list[Drawable]:
    """L7, L9: what this person may draw at `at`, in the order of use; empty for a person who opens no tickets there."""
    account = journal.Account.of(account)
    day = calendar.date_on(at, provider.time_zone())
    who, found = account.drawn_from(person, unit, origins)
    if who is None:
        return []
    lots = {lot.number: lot for lot in found}
    views = as_views(lots.values(), who, account)
    within_reach = ((view, rules.units_within_reach(view, who, day)) for view in rules.order_of_use(views))
    return [Drawable(lots[view.number], units) for view, units in within_reach if units]


def holds_of(cause: Cause) -> list[Hold]:
    """What `cause` holds of which lots, in the order in which it was reserved first."""
    return list(Hold.objects.of(cause).select_related("lot"))


def shares_of(lot: Lot) -> list[Share]:
    """L9: who may draw from the lot now, holders first; a limit binds members only."""
    held = Hold.objects.filter(lot=lot).values("person_id").annotate(drawn=Sum(F("reserved") + F("spent")))
    drawn = dict(held.values_list("person_id", "drawn"))
    limits = dict(Allowance.objects.filter(lot=lot).values_list("person_id", "units"))
    return [
        Share(one, drawn.get(one.person_id, 0), None if one.is_holder else limits.get(one.person_id))
        for one in people.memberships_of(lot.customer)
        if one.may_open_tickets
    ]


def movements_of(customer: Customer) -> QuerySet[Movement]:
    """The journal of the customer in the order in which it was written, with the lots."""
    return Movement.objects.filter(customer=customer).select_related("lot").order_by("sequence")


def taker(customer: Customer, person: Person) -> rules.Taker | None:
    """L9: this person as a taker of the customer's units; None for strangers, removed persons and buyers."""
    return journal.as_taker(people.active_membership(person, customer))


def as_views(lots: Iterable[Lot], who: rules.Taker, account: journal.Account) -> list[rules.LotView]:
    """The lots as the rules see them, with what `who` may draw and has drawn of shared ones (L9)."""
    lots = list(lots)
    bound = [] if who.is_holder else [lot.pk for lot in lots if lot.shared]
    key = (who.person_id, tuple(bound))
    if key not in account.drawn:
        account.drawn[key] = _drawn(bound, who)
    allowances, used = account.drawn[key]
    return [
        lot.as_view(
            allowances={who.person_id: allowances[lot.pk]} if lot.pk in allowances else {},
            used_by={who.person_id: used.get(lot.pk, 0)},
        )
        for lot in lots
    ]


def _drawn(lots: list[int], who: rules.Taker) -> tuple[dict[int, int], dict[int, int]]:
    """Of these lots, what this member may draw in all, and has drawn where that is limited (L9)."""
    if not lots:
        return {}, {}
    allowances = dict(Allowance.objects.filter(lot__in=lots, person=who.person_id).values_list("lot_id", "units"))
    if not allowances:
        return {}, {}
    mine = Hold.objects.filter(lot__in=allowances, person=who.person_id).values("lot_id")
    held = mine.annotate(reserved=Sum("reserved"), spent=Sum("spent"))
    return allowances, {row["lot_id"]: row["reserved"] + row["spent"] for row in held}


def spent_by(cause: Cause, units: rules.Units) -> list[Movement]:
    """What `cause` spent of such units, however many, the last spent first, corrected or not."""
    spent = Movement.objects.filter(**cause.columns, kind=Movement.Kind.SPENT, unit=units.unit)
    return list(spent.filter(lot__origin__in=units.origins).order_by("-sequence"))


def not_corrected(movement: Movement) -> int:
    """L11: how many units of a movement no correction has undone; a correction counts as far as it was not undone
    itself.
    """
    return movement.quantity - sum(not_corrected(correction) for correction in movement.corrections.all())


def last_days_missed(movement: Movement, lot: Lot) -> list[datetime.date]:
    """T12: the last day that `lot` would have by now, had the units of `movement` not been spent; empty if it
    missed nothing.

    An activation passes over a lot without units (L5, L6): what later ones would have done to it is reckoned again.
    """
    since = Movement.objects.filter(customer=movement.customer_id, sequence__gt=movement.sequence).order_by("sequence")
    own = Movement.objects.filter(lot=lot, last_day_after__isnull=False, sequence__lt=movement.sequence).order_by(
        "sequence"
    )
    view = replace(lot.as_view(), available=1, last_day=own.values_list("last_day_after", flat=True).last())
    missed = []
    for line in since.filter(kind=Movement.Kind.OPENED, lot__origin=Lot.Origin.PURCHASED).select_related("lot"):
        effects = rules.effects_of_activation(
            [view],
            replace(line.lot.as_view(), last_day=line.last_day_after),
            revive_by=line.lot.revive_by,  # type: ignore[arg-type]
            early_renewal=line.lot.early_renewal,  # type: ignore[arg-type]
        )
        for effect in effects:
            view = replace(view, last_day=effect.last_day)
            missed.append(effect.last_day)
    return missed


def last_day_without(lot: Lot, undone: Collection[int]) -> datetime.date:
    """O10: the last day that a purchased lot would have by now, had the packs with these numbers not been activated."""
    opening = Movement.objects.get(lot=lot, kind=Movement.Kind.OPENED)
    activated = Q(kind=Movement.Kind.OPENED, lot__origin=Lot.Origin.PURCHASED)
    lines = Movement.objects.filter(Q(lot=lot) | activated, customer=lot.customer_id, sequence__gt=opening.sequence)
    buckets = dict.fromkeys(BUCKETS, 0) | {"available": lot.quantity}
    days_of_undone, steps = set(), []
    for line in lines.select_related("lot").order_by("sequence"):
        if line.lot_id != lot.pk:
            if line.lot.number in undone:
                days_of_undone.add(line.last_day_after)
            has_units = buckets["available"] + buckets["reserved"] + buckets["frozen"] > 0
            steps.append(_activation(line, has_units=has_units))
        elif line.kind != Movement.Kind.LAST_DAY:
            buckets[line.from_bucket] -= line.quantity
            buckets[line.to_bucket] += line.quantity
        elif line.rule == "O7":
            assert line.last_day_before
            assert line.last_day_after
            steps.append(rules.Step(later_by=line.last_day_after - line.last_day_before))
        elif line.rule == "T12" and line.last_day_after not in days_of_undone:
            steps.append(rules.Step(at_least=line.last_day_after))
    assert opening.last_day_after
    return rules.last_day_by(lot.as_view(), opening.last_day_after, steps, without=undone)


@dataclass(frozen=True, slots=True)
class LastDayMoved:
    """A lot that ends on another day than before."""

    lot: Lot
    before: datetime.date
    after: datetime.date


def days_after_refund(customer: Customer, taken: Mapping[int, int]) -> list[LastDayMoved]:
    """O10: which purchased lots would end on another day if so many unused units of each lot, by its number in the
    database, were refunded now; nothing is written.
    """
    lots = list(Lot.objects.filter(customer=customer, origin=Lot.Origin.PURCHASED).order_by("number"))
    left = {lot.pk: lot.available - (0 if lot.frozen_at else taken.get(lot.pk, 0)) for lot in lots}
    undone = [
        lot.number for lot in lots if not left[lot.pk] and (lot.frozen_at or lot.refunded or taken.get(lot.pk))
    ]  # fmt: skip
    newest = max((lot.number for lot in lots if lot.pk in taken), default=0)
    found = []
    for lot in lots:
        if lot.number < newest and left[lot.pk] + lot.reserved + lot.frozen and lot.last_day:
            after = last_day_without(lot, undone)
            if after != lot.last_day:
                found.append(LastDayMoved(lot, lot.last_day, after))
    return found


def _activation(line: Movement, *, has_units: bool) -> rules.Step:
    """What the activation of a pack, which this line opened, did to an older lot."""
    return rules.Step(
        pack=replace(line.lot.as_view(), last_day=line.last_day_after),
        revive_by=line.lot.revive_by,  # type: ignore[arg-type]
        early_renewal=line.lot.early_renewal,  # type: ignore[arg-type]
        has_units=has_units,
    )


def endings_to_tell(today: datetime.date) -> Iterator[Ending]:
    """Who is to be told on `today` of lots that end (L4, L8, F2): holders of the customer, and whose the lot is.

    Read in portions of customers, each in the same number of queries; one row for a person and a customer.
    """
    last = today + datetime.timedelta(days=max(rules.NOTICE_DAYS))
    soon = Lot.objects.filter(available__gt=0, last_day__range=(today, last))
    for portion in _customers_in(soon):
        due: dict[int, list[tuple[Lot, int]]] = defaultdict(list)
        for lot in soon.filter(customer__in=portion).select_related("customer").order_by("last_day", "number"):
            if days := rules.notice_days(lot.as_view(), today):
                due[lot.customer_id].append((lot, days))
        lots = [lot for found in due.values() for lot, _days in found]
        told = set(
            Notice.objects.filter(kind=Notice.Kind.ENDING, lot__in=lots).values_list(
                "person_id", "lot_id", "last_day", "days_before"
            )
        )
        for member in _to_be_told(due):
            mine = tuple(
                (lot, days)
                for lot, days in due[member.customer_id]
                if (member.is_holder or lot.person_id == member.person_id)
                and (member.person_id, lot.pk, lot.last_day, days) not in told
            )
            if mine:
                yield Ending(mine[0][0].customer, member.person, mine)


def low_units(today: datetime.date) -> Iterator[LowPortion]:
    """Whose units run low on `today` and was not told yet, and where they rose since that was told; in portions of
    customers with a live pack, each in the same number of queries.
    """
    live = Lot.objects.live_on(today)
    for portion in _customers_in(live.filter(origin=Lot.Origin.PURCHASED)):
        views: dict[int, list[rules.LotView]] = {customer_id: [] for customer_id in portion}
        for lot in live.filter(customer__in=portion):
            views[lot.customer_id].append(lot.as_view())
        low = {
            (customer_id, unit): sum(lot.available for lot in lots if lot.unit == unit and lot.origin != "trial")
            for customer_id, lots in views.items()
            for unit in rules.LOW_MARKS
            if rules.is_low(unit, lots, today)
        }
        over, told = [], set()
        for notice in Notice.objects.filter(kind=Notice.Kind.LOW, is_over=False, customer__in=portion):
            unit: rules.Unit = notice.unit  # type: ignore[assignment]
            is_low = (notice.customer_id, unit) in low
            if is_low and not rules.has_risen(unit, views[notice.customer_id], notice.at):
                told.add((notice.customer_id, unit, notice.person_id))
            else:
                over.append(notice.pk)
        to_tell = [
            Low(member.customer, member.person, unit, low[member.customer_id, unit])
            for member in _to_be_told({customer_id for customer_id, _unit in low})
            for unit in rules.LOW_MARKS
            if member.is_holder
            and (member.customer_id, unit) in low
            and (member.customer_id, unit, member.person_id) not in told
        ]
        yield LowPortion(over, to_tell)


def _customers_in(lots: QuerySet[Lot]) -> Iterator[list[int]]:
    """The numbers of the customers that have such lots, in portions."""
    numbers = lots.order_by("customer_id").values_list("customer_id", flat=True).distinct()
    after = 0
    while portion := list(numbers.filter(customer_id__gt=after)[:CUSTOMERS_AT_ONCE]):
        yield portion
        after = portion[-1]


def _to_be_told(customer_ids: Iterable[int]) -> QuerySet[Membership]:
    """Everybody who belongs there now and wants to hear of units, with person and customer."""
    wanted = Membership.objects.active().filter(person__is_active=True, person__notify_units=True)
    return wanted.filter(customer__in=list(customer_ids)).select_related("person", "customer").order_by("pk")


def _balance(customer: Customer, day: datetime.date, *, before: datetime.datetime) -> CustomerBalance:
    ledger = CustomerLedger.objects.filter(pk=customer.pk).first()
    lots = list(Lot.objects.filter(customer=customer).order_by("number"))
    if ledger is None or ledger.last_at is None or ledger.last_at < before:
        return balance_of_lots(lots, day)
    return _balance_of(_as_of(lots, Movement.objects.filter(customer=customer, at__lt=before)), day)


def _balance_of(views: Iterable[tuple[Lot, rules.LotView]], day: datetime.date) -> CustomerBalance:
    return CustomerBalance(
        day,
        tuple(
            LotBalance(lot, rules.state_on(view, day), view.last_day, rules.balance_of([view], day))
            for lot, view in views
        ),
    )


def _as_of(lots: Iterable[Lot], lines: QuerySet[Movement]) -> list[tuple[Lot, rules.LotView]]:
    """The lots that existed, with the buckets and last days that `lines` gave them."""
    buckets: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(BUCKETS, 0))
    moved = lines.exclude(quantity=0).values_list("lot_id", "from_bucket", "to_bucket").annotate(units=Sum("quantity"))
    for lot_id, source, target, units in moved:
        buckets[lot_id][target] += units
        if source:
            buckets[lot_id][source] -= units
    opened_or_changed = lines.filter(Q(kind=Movement.Kind.OPENED) | Q(kind=Movement.Kind.LAST_DAY)).order_by("sequence")
    last_days = dict(opened_or_changed.values_list("lot_id", "last_day_after"))
    return [
        (lot, replace(lot.as_view(), last_day=last_days[lot.pk], **buckets[lot.pk]))  # type: ignore[arg-type]
        for lot in lots
        if lot.pk in buckets
    ]
