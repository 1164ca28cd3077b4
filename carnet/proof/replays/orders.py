"""Orders judged by their seals, their editions, the dates that rules give them, and the money that settled them (O1,
O3, O4, O11, L1).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from django.db.models import Sum

from carnet.audit.models import Entry
from carnet.cheques.models import Bounce
from carnet.kernel import clock, snapshot
from carnet.ledger.models import Lot
from carnet.orders.models import SEALED, SEALED_OF_LINE, Order, OrderLine
from carnet.payments.models import Clearing, CreditMovement, Payment
from carnet.proof.replays import calculating
from carnet.proof.rules import Fault, Found
from carnet.provider.models import SettingChange, SettingValue
from carnet.provider.rules import SETTINGS

CHECK = "orders"
PORTION = 300
WITHDRAWAL_DAYS = 14
OVERSEAS_PERMILLE = {200: 85, 100: 21, 55: 21}  # CGI 296
FRANCE = ("FR", "MC", "")
CHOICE_DAYS = 30
# Who ordered is emptied after 36 months at the earliest.
BUYER_KEPT = datetime.timedelta(days=36 * 30)
NAMES = ("name", "email", "street", "postcode", "city", "country", "siren", "vat_number", "salt")
DAY = datetime.timedelta(days=1)


@dataclass(slots=True)
class OrderFacts:
    """An order with what was written about it."""

    order: Order
    placed: Entry | None = None
    payments: list[Payment] = field(default_factory=list)  # not undone
    seen_at: list[datetime.datetime] = field(default_factory=list)  # when money came, or was there
    credit_cents: int = 0  # what became credit of its payments
    credit_used_cents: int = 0


class SettingHistory:
    """A setting as it was at any moment."""

    def __init__(self, name: str) -> None:
        self.changes = list(SettingChange.objects.filter(name=name).order_by("id"))
        now = SettingValue.objects.filter(name=name).values_list("value", flat=True).first()
        self.now = str(SETTINGS[name].default if now is None else now)

    def at(self, moment: datetime.datetime) -> str:
        later = next((change for change in self.changes if change.at > moment), None)
        return self.now if later is None else str(later.before)


def faults() -> Iterator[Found]:
    """All orders, in portions, each read as of one instant."""
    after = 0
    zones, places = SettingHistory("time_zone"), SettingHistory("holidays_of")
    while True:
        with snapshot.at_rest():
            portion, strays = _read(after)
        found = [Fault(CHECK, "order", number, "order_missing") for number in strays]
        for facts in portion:
            place = places.at(facts.order.placed_at)
            zone = ZoneInfo(zones.at(facts.order.placed_at))
            found += _order_faults(facts, zone, place)
        yield len(portion), found
        if len(portion) < PORTION:
            return
        after = portion[-1].order.pk


def _read(after: int) -> tuple[list[OrderFacts], list[int]]:
    """The next orders; and numbers of orders that something was written about and that are not there."""
    rows = Order.objects.filter(pk__gt=after).order_by("pk")
    rows = rows.select_related("terms", "buyer", "settlement__invoice")
    rows = rows.prefetch_related(
        "lines__edition__withdrawal", "lines__activation__lot", "revivals", "vat_checks__vat_check"
    )
    rows = rows.prefetch_related("invoice_requests__invoice__credit_notes")
    found = {order.pk: OrderFacts(order) for order in rows[:PORTION]}
    upto = max(found) if len(found) == PORTION else None
    range_of = {"cause_id__gt": after} | ({"cause_id__lte": upto} if upto else {})
    strays: set[int] = set()
    placed = Entry.objects.filter(code="order.placed", subject_id__gt=after).order_by("id")
    for entry in placed.filter(subject_id__lte=upto) if upto else placed:
        if entry.subject_id in found:
            found[entry.subject_id].placed = entry
        else:
            strays.add(entry.subject_id or 0)
    bounced = dict(Bounce.objects.values_list("payment", "at"))
    cleared = dict(Clearing.objects.filter(payment__cause_kind="order").values_list("payment", "at"))
    for payment in Payment.objects.filter(cause_kind="order", **range_of).select_related("undone").order_by("pk"):
        facts = found.get(payment.cause_id)
        if facts is None:
            strays.add(payment.cause_id)
            continue
        facts.seen_at += [payment.at, cleared.get(payment.pk, payment.at), bounced.get(payment.pk, payment.at)]
        if not hasattr(payment, "undone"):
            facts.payments.append(payment)
    credit = CreditMovement.objects.filter(cause_kind="order", **range_of).exclude(reason="refunded").order_by()
    sums: dict[tuple[int, bool], int] = defaultdict(int)
    for cause_id, payment_id, cents in credit.values_list("cause_id", "payment").annotate(Sum("amount_cents")):
        sums[cause_id, payment_id is None] += cents
    for number, facts in found.items():
        facts.credit_cents, facts.credit_used_cents = sums[number, False], -sums[number, True]
    return list(found.values()), sorted(strays)


def _order_faults(facts: OrderFacts, zone: ZoneInfo, place: str) -> Iterator[Fault]:
    order = facts.order

    def fault(code: str, **values: object) -> Fault:
        return Fault(CHECK, "order", order.pk, code, values)

    lines = sorted(order.lines.all(), key=lambda line: line.position)
    sealed: dict[str, Any] = {name: getattr(order, name) for name in SEALED}
    sealed["lines"] = [{name: getattr(line, name) for name in SEALED_OF_LINE} for line in lines]
    if not calculating.is_key_there(order.key_version):
        yield fault("key_missing", version=order.key_version)
    elif order.seal != calculating.sealed(f"{calculating.START}\n{calculating.text_of(sealed)}", order.key_version):
        yield fault("changed")
    differing = calculating.first_that_differs(
        (
            ("price_cents", sum(line.price_cents for line in lines), order.price_cents),
            ("vat_cents", sum(line.vat_cents for line in lines), order.vat_cents),
            ("net_cents", order.price_cents - order.vat_cents, order.net_cents),
            ("ordered_on", order.placed_at.astimezone(zone).date(), order.ordered_on),
            ("credit_used_cents", facts.credit_used_cents, order.credit_used_cents),
        )
    )
    if differing:
        yield fault("differs", **differing)
    for line in lines:
        yield from _line_faults(order, line)
        yield from _vat_faults(order, line)
    if order.terms.published_at > order.placed_at:
        yield fault("terms_unpublished")
    yield from _date_faults(facts, zone, place)
    yield from _request_faults(facts.order)
    yield from _buyer_faults(order)
    entry = facts.placed
    if entry is None or (entry.at, entry.details["price_cents"]) != (order.placed_at, order.price_cents):
        yield fault("audit_differs")
    yield from _settlement_faults(facts, zone)


def _line_faults(order: Order, line: OrderLine) -> Iterator[Fault]:
    """Its edition, on sale when it was ordered, at its price."""
    edition = line.edition
    differing = calculating.first_that_differs(
        (
            ("price_cents", _price_of(line), line.price_cents),
            ("vat_cents", calculating.vat_of(line.price_cents, line.vat_permille), line.vat_cents),
            ("net_cents", line.price_cents - line.vat_cents, line.net_cents),
        )
    )
    if differing:
        yield Fault(CHECK, "order", order.pk, "line_differs", {"line": line.position, **differing})
    withdrawn = getattr(edition, "withdrawal", None)
    if edition.published_at > order.placed_at or (withdrawn and withdrawn.at <= order.placed_at):
        yield Fault(CHECK, "order", order.pk, "not_on_sale", {"line": line.position})


def _price_of(line: OrderLine) -> int:
    """The edition's price, or its net price with another VAT than its own; in franchise there is no VAT in it."""
    edition, price_cents = line.edition, line.edition.price_cents * line.quantity
    if line.vat_category == "E" or (line.vat_category == "S" and line.vat_permille == edition.vat_permille):
        return price_cents
    net_cents = price_cents - calculating.vat_of(price_cents, edition.vat_permille)
    return net_cents + (net_cents * line.vat_permille + 500) // 1000


def _vat_faults(order: Order, line: OrderLine) -> Iterator[Fault]:
    """VAT is charged at a rate of its place, or not for a reason that the buyer has: who owes it is a business
    elsewhere in the Union whose number VIES did not refuse when it ordered.
    """
    checks = sorted(order.vat_checks.all(), key=lambda one: one.pk)
    buyer, permille = getattr(order, "buyer", None), line.edition.vat_permille
    rates = {"S": (permille, OVERSEAS_PERMILLE.get(permille, permille))}.get(line.vat_category, (0,))
    is_right = line.vat_permille in rates and bool(checks) == (line.vat_category == "AE")
    if checks:
        is_right = is_right and checks[0].vat_check.outcome != "invalid" and checks[0].at == order.placed_at
        is_right = is_right and order.withdrawal_last_day is None and (buyer is None or buyer.country not in FRANCE)
    if not is_right:
        yield Fault(CHECK, "order", order.pk, "vat_differs", {"line": line.position, "found": line.vat_category})


def _date_faults(facts: OrderFacts, zone: ZoneInfo, place: str) -> Iterator[Fault]:
    order = facts.order
    if not _is_last_day(order, order.ordered_on, order.withdrawal_last_day, place):
        values = {"found": str(order.withdrawal_last_day)}
        yield Fault(CHECK, "order", order.pk, "withdrawal_day_differs", values)
    for revival in order.revivals.all():
        is_of_company = (order.withdrawal_last_day is None) == (revival.withdrawal_last_day is None)
        if not is_of_company or not _is_last_day(order, revival.revived_on, revival.withdrawal_last_day, place):
            yield Fault(CHECK, "order", order.pk, "revival_differs", {"found": str(revival.withdrawal_last_day)})
    if order.express_request and order.withdrawal_last_day is None:
        yield Fault(CHECK, "order", order.pk, "express_of_a_company")
    first = _waits_until(order.ordered_on, order.order_days, zone)
    days = {moment.astimezone(zone).date() for moment in facts.seen_at}
    later = {_waits_until(day, count, zone) for day in days for count in (order.order_days, CHOICE_DAYS)}
    # O8: it waits at least until its invoice is due.
    later |= {_waits_until(one.invoice.due_on, 0, zone) for one in order.invoice_requests.all()}
    if order.expires_at not in {first} | {moment for moment in later if moment > first}:
        yield Fault(CHECK, "order", order.pk, "expiry_differs", {"found": str(order.expires_at)})


def _buyer_faults(order: Order) -> Iterator[Fault]:
    buyer = getattr(order, "buyer", None)
    if buyer is None:
        yield Fault(CHECK, "order", order.pk, "buyer_missing")
        return
    named = {name: getattr(buyer, name) for name in NAMES}
    if calculating.sha256(calculating.text_of(named)) == order.buyer_digest:
        return
    is_emptied = not any(value for name, value in named.items() if name != "country")
    if not is_emptied:
        yield Fault(CHECK, "order", order.pk, "buyer_changed")
    elif clock.now() - order.placed_at < BUYER_KEPT:
        yield Fault(CHECK, "order", order.pk, "buyer_emptied_early")


def _request_faults(order: Order) -> Iterator[Fault]:
    """O8: an invoice from before the order was paid is that of its settlement, or was corrected whole, or both wait."""
    settlement = getattr(order, "settlement", None)
    waits = order.state in (Order.State.WAITING, Order.State.CHOOSING)
    for request in order.invoice_requests.all():
        invoice = request.invoice
        credited = sum(note.gross_cents for note in invoice.credit_notes.all())
        is_used = settlement is not None and settlement.invoice_id == invoice.pk
        if not is_used and credited != (0 if waits and not credited else invoice.gross_cents):
            yield Fault(CHECK, "order", order.pk, "requested_invoice_open", {"invoice": invoice.number})


def _settlement_faults(facts: OrderFacts, zone: ZoneInfo) -> Iterator[Fault]:
    """The order is settled by a row, an invoice over its price, and enough money; its lot is what was sold."""
    order = facts.order

    def fault(code: str, **values: object) -> Fault:
        return Fault(CHECK, "order", order.pk, code, values)

    settlement = getattr(order, "settlement", None)
    active = [line for line in order.lines.all() if hasattr(line, "activation")]
    if (settlement is not None) != (order.state == Order.State.SETTLED):
        yield fault("state_differs", state=order.state)
    if settlement is None:
        if active:
            yield fault("active_without_settlement")
        return
    invoice = settlement.invoice
    if (invoice.cause_kind, invoice.cause_id, invoice.customer_id, invoice.gross_cents) != (
        "order", order.pk, order.customer_id, order.price_cents,
    ):  # fmt: skip
        yield fault("invoice_differs", invoice=invoice.number)
    paid = sum(one.amount_cents for one in facts.payments) - facts.credit_cents + order.credit_used_cents
    if paid < order.price_cents - order.tolerance_cents:
        yield fault("not_paid", paid_cents=paid)
    activates_at, last_day = settlement.at, order.withdrawal_last_day
    # O3, O11: one that was revived counts as ordered on that day.
    for revival in sorted(order.revivals.all(), key=lambda one: one.pk):
        last_day = revival.withdrawal_last_day
    if last_day is not None and not order.express_request:
        end = _start_of(last_day + DAY, zone)
        activates_at = end if settlement.at < end else settlement.at
    if settlement.activates_at != activates_at or settlement.at < order.placed_at:
        yield fault("settlement_differs", found=str(settlement.activates_at))
    for line in active:
        yield from _lot_faults(order, line, line.activation.lot)
        if line.activation.at < settlement.activates_at:
            yield fault("active_too_early")


def _lot_faults(order: Order, line: OrderLine, lot: Lot) -> Iterator[Fault]:
    edition = line.edition
    differing = calculating.first_that_differs(
        (
            ("customer", order.customer_id, lot.customer_id),
            ("quantity", line.quantity * (edition.quantity or 0), lot.quantity),
            ("price_cents", line.price_cents, lot.price_cents),
            ("validity_months", edition.validity_months, lot.validity_months),
            ("person", line.person_id, lot.person_id),
            ("edition", edition.pk, lot.edition_id),
        )
    )
    if differing:
        yield Fault(CHECK, "order", order.pk, "lot_differs", {"lot": lot.pk, **differing})


def _start_of(day: datetime.date, zone: ZoneInfo) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), zone).astimezone(datetime.UTC)


def _waits_until(day: datetime.date, days: int, zone: ZoneInfo) -> datetime.datetime:
    """The end of the day so many days later."""
    return _start_of(day + datetime.timedelta(days=days) + DAY, zone)


def _is_last_day(order: Order, ordered_on: datetime.date, found: datetime.date | None, place: str) -> bool:
    """Whether this is the last day to withdraw; of a buyer whose address was emptied at least the provider's own."""
    buyer = getattr(order, "buyer", None)
    if found is None or buyer is None or not buyer.name:
        return found is None or found >= _withdrawal_last_day(ordered_on, place)
    return found == _withdrawal_last_day(ordered_on, place, _place_of(order))


def _withdrawal_last_day(ordered_on: datetime.date, *places: str) -> datetime.date:
    """14 days later, or the next working day (CC L221-18, L221-19): of both sides' holidays the later day."""
    last = ordered_on
    for place in places:
        day = ordered_on + datetime.timedelta(days=WITHDRAWAL_DAYS)
        while day.weekday() >= 5 or day in _holidays(place, day.year):
            day += DAY
        last = max(last, day)
    return last


def _place_of(order: Order) -> str:
    """Whose holidays its buyer has: Alsace-Moselle and the overseas départements have more."""
    country, postcode = order.buyer.country, order.buyer.postcode
    if country == "FR" and postcode[:2] in ("57", "67", "68"):
        return "FR-57"
    return f"FR-{postcode[:3]}" if country == "FR" and postcode[:2] == "97" and postcode[2:3] in "12346" else country


@cache
def _holidays(place: str, year: int) -> frozenset[datetime.date]:
    country, _dash, part = place.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
