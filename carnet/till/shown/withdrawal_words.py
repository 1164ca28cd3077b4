"""What is said of a withdrawal before it is confirmed: what goes back, what comes back, and by which way (O11)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from carnet.kernel import reading
from carnet.ledger.queries import LastDayMoved
from carnet.till.queries.refunds import LineRefund, WayBack
from carnet.till.queries.withdrawals import WithdrawalPreview
from carnet.till.shown import disputes
from carnet.web import formats


@dataclass(frozen=True, slots=True)
class WithdrawalCheck:
    """The page on which a withdrawal is checked: what is told first, one sentence each of what follows, and whether it
    can be confirmed.
    """

    told: str = ""
    heading: str = ""
    effects: tuple[str, ...] = ()
    pays_back: bool = False
    may_confirm: bool = True
    button: str = ""


def check_of(preview: WithdrawalPreview | None) -> WithdrawalCheck:
    """What is said of this withdrawal; None: of an order that is not known to be theirs."""
    confirm = _("Confirm my withdrawal")
    if preview is None:
        told = _(
            "We can’t find this order under this e-mail address, so a person will look into it. Your withdrawal counts"
            " from the moment you confirm it."
        )
        return WithdrawalCheck(told, button=confirm)
    language = reading.language()
    told = _told(preview, language)
    if preview.standing == "late":
        return WithdrawalCheck(told, button=_("Send it anyway"))
    if preview.standing != "open":
        return WithdrawalCheck(told, may_confirm=False)
    cents = 0 if preview.is_disputed else preview.cents
    heading = (
        _("You get back %(amount)s") % {"amount": formats.money(cents, language)} if cents else _("What happens next")
    )
    return WithdrawalCheck(
        "", heading, tuple(_effects(preview, language)), pays_back=_is_money(preview) and bool(cents), button=confirm
    )


def _is_money(preview: WithdrawalPreview) -> bool:
    """Whether anything of it is not credit anyway."""
    return any(one.means != "credit" for one in preview.ways)


def _told(preview: WithdrawalPreview, language: str) -> str:
    if preview.standing == "late":
        assert preview.last_day
        return _(
            "The time to withdraw from this order ended on %(day)s. You can send it all the same: we keep it as a"
            " message, and a person answers."
        ) % {"day": formats.day(preview.last_day, language)}
    return {
        "company": _(
            "The right to withdraw is for consumers, and this order is a company’s. Write to us: we’ll find a solution."
        ),
        "ended": _("This order has ended and you owe nothing, so there is nothing to withdraw from."),
        "withdrawn": _("You have already withdrawn from this order. There is nothing left to do."),
        "open": "",
    }[preview.standing]


def _effects(preview: WithdrawalPreview, language: str) -> Iterator[str]:
    if preview.is_disputed:
        yield _(
            "The payment for this order is disputed or was returned unpaid: we look into it first, and write to you."
        )
        return
    if preview.is_all_used:
        yield _(
            "Everything was provided at your express request, so the right to withdraw has ended and nothing is paid"
            " back."
        )
        return
    for line in preview.refund.plan.lines if preview.refund else ():
        yield _units(line, language)
    if preview.reserved:
        yield _("What an open ticket still holds is refunded as well if the ticket doesn’t use it.")
    if preview.refund is None:
        yield _("The order is cancelled, and you owe nothing.")
    for way in preview.ways:
        yield _way(way, language)
    for moved in preview.refund.days if preview.refund else ():
        yield _moved(moved, language)


def _units(line: LineRefund, language: str) -> str:
    if line.lot is None:
        return _("Nothing has been used yet: the whole order is refunded.")
    values = {
        "lot": disputes.lot_name(line.lot),
        "used": formats.amount(line.lot.spent, line.lot.unit, language),
        "units": formats.amount(line.units, line.lot.unit, language),
    }
    if not line.lot.spent:
        return _("%(lot)s: nothing has been used; you return %(units)s.") % values
    return _("%(lot)s: %(used)s used, which you pay for; you return %(units)s.") % values


def _way(way: WayBack, language: str) -> str:
    return {
        "paypal": _("%(amount)s comes back through PayPal, within a few days."),
        "transfer": _("%(amount)s is paid back by bank transfer."),
        "cheque": _("%(amount)s is paid back by bank transfer, or by cheque if you give no account."),
        "credit": _("%(amount)s of credit that you used becomes credit again."),
    }[way.means] % {"amount": formats.money(way.cents, language)}


def _moved(moved: LastDayMoved, language: str) -> str:
    values = {
        "lot": disputes.lot_name(moved.lot),
        "before": formats.day(moved.before, language),
        "after": formats.day(moved.after, language),
    }
    return _("%(lot)s ends on %(after)s instead of %(before)s, as it did before this purchase.") % values
