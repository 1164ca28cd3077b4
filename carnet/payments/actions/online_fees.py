"""The service is asked again for what it kept of a capture, if it hadn't told yet."""

import datetime

from carnet.audit.actors import Actor
from carnet.payments import queries
from carnet.payments.actions import online_facts
from carnet.payments.actions.asking import ask
from carnet.payments.paypal import interface as paypal
from carnet.payments.rules.online import ServiceFailed

ASKED_FOR = datetime.timedelta(days=30)
AT_ONCE = 100


def ask_for_fees(*, by: Actor, at: datetime.datetime) -> int:
    """Ask for each capture of the last 30 days whose fee isn't known, and note what is told now; answers how many. If
    the service is away, the rest waits for the next time. No transaction may be open.
    """
    access = queries.online_access()
    if access is None:
        return 0
    noted = 0
    for receipt in queries.fees_unknown(access.environment, at - ASKED_FOR)[:AT_ONCE]:
        try:
            capture = ask(paypal.show_capture, access, receipt.capture_id)
        except ServiceFailed as failed:
            if failed.permanent:
                continue
            break
        if online_facts.note_fee(payment=receipt.payment, capture=capture, by=by, at=at) is not None:
            noted += 1
    return noted
