"""Cheques are taken to the bank: on a numbered deposit slip, handed in on a day."""

import datetime
from collections.abc import Collection

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.cheques import rules
from carnet.cheques.models import DepositedCheque, DepositSlip, SlipCounter
from carnet.kernel import calendar, once
from carnet.kernel.gathering import gathered
from carnet.kernel.refused import Refused
from carnet.ledger.models import CustomerLedger
from carnet.payments.models import Means, Payment
from carnet.provider import queries as provider


class NothingToDeposit(Refused):
    """A deposit slip has one cheque or more."""

    code = "cheques.nothing_to_deposit"


class TooManyCheques(Refused):
    """More cheques than a slip has room for. Values: most."""

    code = "cheques.too_many_cheques"


class ChequeNotToDeposit(Refused):
    """One of the cheques is on a slip already, cleared, bounced, or was recorded by mistake."""

    code = "cheques.not_to_deposit"


class SlipAccountMissing(Refused):
    """The company's record has no account to deposit to."""

    code = "cheques.account_missing"


class DepositedBeforeMade(Refused):
    """A slip is handed in after it was made, and not in the future."""

    code = "cheques.deposited_before_made"
    field = "deposited_on"


@transaction.atomic
@gathered()
def make_deposit_slip(*, payments: Collection[int], by: Actor, at: datetime.datetime, key: str) -> DepositSlip:
    """Put these cheques on a new deposit slip, numbered without a gap, for the company's account, in the order in which
    they came; what it fixes never changes.

    The same key again gives the first slip. Refuses `NothingToDeposit`, `TooManyCheques`, `ChequeNotToDeposit`,
    `SlipAccountMissing`, and `KeyReused` for the same key with other cheques.
    """
    wanted = sorted(set(payments))
    found = {one.pk: one for one in Payment.objects.filter(pk__in=wanted).order_by("received_on", "pk")}
    # Whoever undoes a payment, or lets it bounce, holds its customer's ledger. In order, so that two never cross.
    for customer_id in sorted({one.customer_id for one in found.values()}):
        CustomerLedger.objects.lock(customer_id)
    counter = SlipCounter.objects.lock()
    known = DepositSlip.objects.filter(key=key).first()
    if known is not None:
        before = sorted(known.cheques.values_list("payment", flat=True))
        once.refuse_unless_same(before, wanted)
        return known
    if not wanted:
        raise NothingToDeposit
    if len(wanted) > rules.MOST_CHEQUES:
        raise TooManyCheques(most=rules.MOST_CHEQUES)
    fit = Payment.objects.filter(
        pk__in=wanted, means=Means.CHEQUE, undone=None, bounce=None, deposit=None, clearing=None
    )
    if fit.count() != len(wanted):
        raise ChequeNotToDeposit
    company = provider.company()
    if not company.iban:
        raise SlipAccountMissing
    place = rules.next_place(counter.last(), calendar.date_on(at, provider.time_zone()))
    slip = DepositSlip.objects.create(
        year=place.year, sequence=place.sequence, number=rules.number(place), made_at=at, made_on=place.made_on,
        account_holder=company.account_holder, iban=company.iban, cheque_count=len(found),
        total_cents=sum(one.amount_cents for one in found.values()), key=key, **by.columns,
    )  # fmt: skip
    DepositedCheque.objects.bulk_create(
        DepositedCheque(payment=one, slip=slip, position=position) for position, one in enumerate(found.values(), 1)
    )
    counter.take(place)
    audit.record(
        "deposit_slip.made", by=by, at=at, subject=("deposit_slip", slip.pk), number=slip.number,
        cheque_count=slip.cheque_count, total_cents=slip.total_cents,
    )  # fmt: skip
    return slip


@transaction.atomic
def deposit_slip(*, slip: DepositSlip, deposited_on: datetime.date, by: Actor, at: datetime.datetime) -> DepositSlip:
    """The slip was handed in at the bank on this day; a second time changes nothing. Refuses `DepositedBeforeMade`,
    which is also said of a day to come.
    """
    slip = DepositSlip.objects.select_for_update(of=("self",)).get(pk=slip.pk)
    if slip.deposited_on is not None:
        return slip
    if not slip.made_on <= deposited_on <= calendar.date_on(at, provider.time_zone()):
        raise DepositedBeforeMade
    slip.deposited_on = deposited_on
    slip.save(update_fields=["deposited_on"])
    audit.record("deposit_slip.deposited", by=by, at=at, subject=("deposit_slip", slip.pk), number=slip.number)
    return slip
