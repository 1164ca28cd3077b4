"""What a pack does to older ones when it is activated (L5, L6), told before it is bought; and how to buy one again."""

import datetime
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from carnet.catalogue.models import Edition
from carnet.kernel import calendar, reading
from carnet.ledger import rules
from carnet.ledger.models import Lot
from carnet.orders.models import Activation, Order
from carnet.orders.queries import sales
from carnet.people.models import Customer
from carnet.provider import queries as provider
from carnet.web import formats


def effects_expected(customer: Customer, edition: Edition, at: datetime.datetime) -> list[str]:
    """L5, L6: what this edition would do to the customer's older packs if it was activated at `at`, in a sentence for
    each: units that it revives, and such that it lets last longer. One query.
    """
    if edition.validity_months is None:
        return []
    older = {lot.number: lot for lot in Lot.objects.filter(customer=customer, origin=Lot.Origin.PURCHASED).with_units()}
    today = calendar.date_on(at, provider.time_zone())
    new = rules.LotView(
        number=max(older, default=0) + 1, origin="purchased",
        unit=sales.UNITS[edition.offer.kind],
        activated_at=at, activated_on=today, last_day=rules.last_day_of_pack(today, edition.validity_months),
    )  # fmt: skip
    chosen = provider.settings_for("revive_by", "early_renewal")
    changes = rules.effects_of_activation([lot.as_view() for lot in older.values()], new, **chosen)
    return [_sentence(older[change.number], change) for change in changes]


def effects_of_order(order: Order, at: datetime.datetime) -> list[str]:
    """The same for everything that was ordered and is not active yet."""
    return [sentence for line in order.lines.all() for sentence in effects_expected(order.customer, line.edition, at)]


def _sentence(lot: Lot, change: rules.LastDayChange) -> str:
    language = reading.language()
    name = _("Hour pack no. %(number)s") if lot.unit == Lot.Unit.MINUTE else _("Carnet no. %(number)s")
    count = lot.available if change.effect == "revived" else lot.available + lot.reserved
    values = {
        "units": formats.amount(count, lot.unit, language),
        "pack": name % {"number": lot.number},
        "day": formats.day(change.last_day, language),
    }
    if change.effect == "revived" and count:
        return _("%(pack)s: revives %(units)s, then valid until %(day)s") % values
    return _("%(pack)s: %(units)s valid until %(day)s, longer than before") % values


def ways_to_buy_again(lots: Iterable[Lot], at: datetime.datetime) -> dict[int, str]:
    """Where packs like these lots are ordered, by lot: the same offer if it is on sale, else all offers, as long as
    there is one of that unit; two queries.
    """
    on_sale = list(sales.packs_on_sale(at))
    codes = {edition.offer_id: edition.offer.code for edition in on_sale}
    units = {sales.UNITS[edition.offer.kind] for edition in on_sale}
    lots = list(lots)
    bought = dict(Activation.objects.filter(lot__in=lots).values_list("lot_id", "line__edition__offer_id"))
    ways = {}
    for lot in lots:
        code = codes.get(bought.get(lot.pk, 0))
        if code:
            ways[lot.pk] = reverse("my:till:place_order", args=[code])
        elif lot.unit in units:
            ways[lot.pk] = reverse("catalogue:offers")
    return ways
