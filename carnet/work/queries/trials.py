"""Whether a customer may have free minutes, and what is kept of who had them (F1, F4)."""

from django.db.models import Q

from carnet.kernel import keys
from carnet.ledger.models import Lot
from carnet.people import queries as people
from carnet.people import rules as people_rules
from carnet.people.models import Customer, Person
from carnet.work.models import TrialUse
from carnet.work.rules import trials as rules


def trial_refusal(*, customer: Customer, person: Person, by_hand: bool = False) -> rules.TrialRefusal | None:
    """F1, F4: why the customer gets no free minutes if this person asks for them; None if they do.

    `by_hand`: the desk grants them, although the contact may be known.
    """
    digests = contact_digests(person, customer)
    others = TrialUse.objects.exclude(customer=customer)
    known = others.filter(Q(email_digest=digests[0]) | Q(phone_digest=digests[1]) & ~Q(phone_digest=""))
    lots = Lot.objects.filter(customer=customer)
    return rules.trial_refusal(
        had_trial=lots.filter(origin=Lot.Origin.TRIAL).exists(),
        has_purchased=lots.filter(origin=Lot.Origin.PURCHASED).exists(),
        email_verified=people.has_proved_address(person),
        contact_known=known.exists(),
        granted_by_desk=by_hand,
    )


def contact_digests(person: Person, customer: Customer) -> tuple[str, str]:
    """F4: what is kept of the person's e-mail address and phone, normalised; an empty text for no phone."""
    phone = people_rules.normalised_phone(person.phone, customer.country)
    return keys.digest(people_rules.normalised_email(person.email)), keys.digest(phone) if phone else ""
