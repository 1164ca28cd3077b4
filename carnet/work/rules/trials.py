"""Who gets free minutes (F1, F4). Pure."""

from typing import Literal

TrialRefusal = Literal["had_trial", "has_purchased", "email_not_verified", "contact_known"]

TRIAL_MINUTES = 15  # F1


def trial_refusal(
    *, had_trial: bool, has_purchased: bool, email_verified: bool, contact_known: bool, granted_by_desk: bool = False
) -> TrialRefusal | None:
    """F1, F4: why a customer gets no free minutes, None if they do.

    Once per customer, before the first purchase, with a verified e-mail address, and not if the same address or phone
    (`people.rules`) had a trial for another customer. The desk may grant it by hand over the last reason only. That a
    contact is known is told to nobody who has not shown that the address is theirs.
    """
    if had_trial:
        return "had_trial"
    if has_purchased:
        return "has_purchased"
    if not email_verified:
        return "email_not_verified"
    return "contact_known" if contact_known and not granted_by_desk else None
