"""The free minutes to try (F1, F4)."""

import datetime

from django.db import IntegrityError, transaction

from carnet.audit.actors import Actor
from carnet.kernel.refused import Refused
from carnet.ledger.actions import lots as ledger
from carnet.ledger.models import CustomerLedger, Lot
from carnet.people.models import Customer, Person
from carnet.provider import queries as provider
from carnet.work.models import TrialUse
from carnet.work.queries import trials as queries
from carnet.work.rules import trials as rules


class TrialHad(Refused):
    """The customer had them already (F1)."""

    code = "work.trial_had"


class TrialAfterPurchase(Refused):
    """They are asked for before the first purchase (F1)."""

    code = "work.trial_after_purchase"


class EmailNotVerified(Refused):
    """The person has not confirmed their e-mail address yet (F1)."""

    code = "work.email_not_verified"


class ContactKnown(Refused):
    """The same e-mail address or phone had a trial for another customer (F4); the desk may grant it by hand."""

    code = "work.contact_known"


TRIAL_REFUSALS: dict[rules.TrialRefusal, type[Refused]] = {
    "had_trial": TrialHad,
    "has_purchased": TrialAfterPurchase,
    "email_not_verified": EmailNotVerified,
    "contact_known": ContactKnown,
}


@transaction.atomic
def open_trial(*, customer: Customer, person: Person, by: Actor, at: datetime.datetime, by_hand: bool = False) -> Lot:
    """F1, F4: give the customer 15 free minutes, which last ⚙ trial_days from their first use (F2).

    Refuses TrialHad, TrialAfterPurchase, EmailNotVerified, and ContactKnown unless the desk grants them `by_hand`.
    """
    CustomerLedger.objects.lock(customer.pk)
    refusal = queries.trial_refusal(customer=customer, person=person, by_hand=by_hand)
    if refusal:
        raise TRIAL_REFUSALS[refusal]
    email_digest, phone_digest = queries.contact_digests(person, customer)
    use = TrialUse(customer=customer, email_digest=email_digest, phone_digest=phone_digest, by_hand=by_hand, at=at)
    try:
        with transaction.atomic():
            use.save(force_insert=True)
    except IntegrityError:
        # Two customers with the same contact at once: no lock of one ledger sees the other.
        raise ContactKnown from None
    trial = ledger.Trial(rules.TRIAL_MINUTES, validity_days=provider.setting("trial_days"))
    return ledger.open_lot(customer=customer, content=trial, by=by, at=at, key=f"trial:{customer.pk}")
