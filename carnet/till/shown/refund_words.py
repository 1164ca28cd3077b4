"""What is said to customers of units that go back, and of how their money comes (O9, O11)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from carnet.repayments.models import Repayment
from carnet.repayments.shown import repayment_words
from carnet.till.models import Refund
from carnet.till.shown import disputes
from carnet.web import formats


@dataclass(frozen=True, slots=True)
class RefundTold:
    """The sum that goes back, and one sentence each of units and of every way that money takes."""

    amount: str
    lines: list[str]
    has_note: bool


def told(refunds: Sequence[Refund], sent: Sequence[Repayment], language: str) -> RefundTold:
    """What goes back by these refunds, in the language that is active."""
    cents = sum(one.amount_cents for one in refunds)
    lines = [_units(one, language) for one in refunds if one.lot and one.unit_count]
    if any(one.takes_rest for one in refunds):
        lines.append(_("What an open ticket still holds is refunded as well if the ticket doesn’t use it."))
    lines += [repayment_words.way(one, language) for one in sent]
    credit_cents = sum(one.credit_cents for one in refunds)
    if credit_cents:
        amount = formats.money(credit_cents, language)
        lines.append(_("%(amount)s is credit for your next purchases.") % {"amount": amount})
    return RefundTold(formats.money(cents, language), lines, any(one.credit_note_id for one in refunds))


def _units(refund: Refund, language: str) -> str:
    assert refund.lot is not None
    units = formats.amount(refund.unit_count, refund.lot.unit, language)
    return _("%(lot)s: %(units)s refunded.") % {"lot": disputes.lot_name(refund.lot), "units": units}
