"""Who may draw how much from a shared lot."""

import datetime
from collections.abc import Mapping

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel.refused import Refused
from carnet.ledger import queries
from carnet.ledger.actions.movements import NotAMember
from carnet.ledger.models import Allowance, CustomerLedger, Lot
from carnet.people.models import Person


class LotNotShared(Refused):
    """Only a shared lot has allowances (L9)."""

    code = "ledger.lot_not_shared"


def set_allowance(*, lot: Lot, person: Person, units: int | None, by: Actor, at: datetime.datetime) -> bool:
    """L9: let a member draw at most `units` from a shared lot, reserved and spent together; 0 shuts them out, None
    sets free. Returns whether that is new; as it was before, nothing is written.

    What they have drawn already stays theirs. Holders are bound by no allowance. Refuses a lot that is not shared,
    and a person who may not use units of this customer.
    """
    return bool(set_allowances(lot=lot, allowances={person: units}, by=by, at=at))


@transaction.atomic
def set_allowances(
    *, lot: Lot, allowances: Mapping[Person, int | None], by: Actor, at: datetime.datetime
) -> list[Person]:
    """L9: for several members at once what `set_allowance` does for each; all or nobody. Returns those for whom
    something is new.
    """
    ledger = CustomerLedger.objects.lock(lot.customer_id)
    if not lot.shared:
        raise LotNotShared
    takers = {one.membership.person_id for one in queries.shares_of(lot)}
    if any(person.pk not in takers for person in allowances):
        raise NotAMember
    before = dict(Allowance.objects.filter(lot=lot, person__in=allowances).values_list("person_id", "units"))
    changed = {person: units for person, units in allowances.items() if before.get(person.pk) != units}
    Allowance.objects.filter(lot=lot, person__in=changed).delete()
    Allowance.objects.bulk_create(
        Allowance(lot=lot, person=person, units=units) for person, units in changed.items() if units is not None
    )
    if any(units is None or units > before.get(person.pk, units) for person, units in changed.items()):
        ledger.loosened_at = at
        ledger.save(update_fields=["loosened_at"])
    for person, units in changed.items():
        audit.record(
            "allowance.set", by=by, at=at, subject=("lot", lot.pk), customer_id=lot.customer_id, person=person.pk,
            units=units,
        )  # fmt: skip
    return list(changed)
