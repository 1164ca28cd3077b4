"""What is said of an order in its mails: what was bought, what it comes to, when it can be used."""

import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from carnet.catalogue.models import Edition
from carnet.invoices.shown import paper as invoices
from carnet.orders.models import Order, OrderLine, OrderMeans
from carnet.orders.queries import amounts, sales
from carnet.orders.shown import names, taxes
from carnet.web import formats

Rows = list[tuple[str, str]]


def confirmation_key(order: Order) -> str:
    """The key of the mail that confirms the order."""
    return f"order:{order.pk}:placed"


def holds(edition: Edition, language: str) -> str:
    """20 tickets of 30 min; 10 h."""
    unit = sales.UNITS[edition.offer.kind]
    return invoices.holds(unit, edition.quantity or 0, edition.token_minutes, language)


def rows(order: Order) -> Rows:
    """The whole order, in the language that is spoken now: what it holds, how long it is valid, what it comes to."""
    language = order.language
    found = [(_("Reference"), order.reference_shown), (_("Ordered on"), formats.day(order.ordered_on, language))]
    for line in order.lines.all():
        found += _line(line, language)
    found.append((_("Price excluding VAT"), formats.money(order.net_cents, language)))
    return [*found, *_vat(order), *sums(order)]


def _line(line: OrderLine, language: str) -> Rows:
    edition = line.edition
    kind = _("for everyone in the account") if edition.shared else _("for one person")
    found = [(_("Offer"), names.name_of(line, language)), (_("Includes"), f"{holds(edition, language)}, {kind}")]
    if line.person:
        found.append((_("Who it is for"), str(line.person)))
    if edition.validity_months:
        found.append((_("Valid for"), formats.units(edition.validity_months, "month", language)))
    return found


def sums(order: Order) -> Rows:
    """From the price to what is still to be paid, as a subtraction."""
    language, paid = order.language, amounts.paid_cents(order) - order.credit_used_cents
    found = [(_("Price including VAT"), formats.money(order.price_cents, language))]
    if order.credit_used_cents:
        found.append((_("Your credit"), formats.money(-order.credit_used_cents, language)))
    if paid:
        found.append((_("Already paid"), formats.money(-paid, language)))
    return [*found, (_("To pay"), formats.money(max(0, order.asked_cents - paid), language))]


def _vat(order: Order) -> Rows:
    """A row for each rate, the highest first, or why there is none."""
    language, by_rate = order.language, dict[tuple[int, str], int]()
    for line in order.lines.all():
        of = (line.vat_permille, line.vat_category)
        by_rate[of] = by_rate.get(of, 0) + line.vat_cents
    found = []
    for permille, category in sorted(by_rate, reverse=True):
        if permille:
            rate = formats.number(Decimal(permille) / 10, language, places=1 if permille % 10 else 0)
            name = _("VAT at %(rate)s %%") % {"rate": rate}
            found.append((name, formats.money(by_rate[permille, category], language)))
        else:
            found.append((_("VAT"), str(taxes.WHY_NO_VAT[category])))
    return found


def usable(order: Order, language: str) -> str:
    """When what was ordered can be used (L1, O11): by a consumer who did not ask to start at once not before the
    withdrawal period is over, by others once the money counts.
    """
    waits_until = None if order.express_request else order.withdrawal_last_day
    if waits_until is not None:
        day = formats.day(waits_until + datetime.timedelta(days=1), language)
        if not order.asked_cents:
            return _("You can use it from %(day)s, when the time to withdraw is over.") % {"day": day}
        return _(
            "You can use it once your payment has arrived, and not before %(day)s, when the time to withdraw is over."
        ) % {"day": day}
    if not order.asked_cents:
        return _("You can use it at once.")
    if order.means == OrderMeans.PAYPAL:
        return _("You can use it as soon as PayPal has confirmed your payment.")
    if order.means == OrderMeans.TRANSFER:
        return _("You can use it as soon as your transfer has arrived.")
    if order.cheque_activates_on == "clearing":
        return _("You can use it as soon as your cheque has been cleared.")
    return _("You can use it as soon as your cheque has arrived.")


def lines(found: Rows, language: str) -> str:
    """The rows as plain text, one below the other."""
    colon = f"{formats.NARROW}:" if language == "fr" else ":"
    return "\n".join(f"{name}{colon} {value}" for name, value in found)
