import datetime

from django.db import transaction

from carnet.kernel import keys
from carnet.people.actions.persons import sign_up


def rehearse_sign_up(
    *, email: str, name: str, kind: str, customer_name: str, language: str, password: str, at: datetime.datetime
) -> None:
    """Do all the work of `sign_up` for an address that is taken, and undo it: how long the page takes must not tell
    whether the address has an account. `email` is not looked at.
    """
    stand_in = f"{keys.new_key()}@{email.rpartition('@')[2]}"
    with transaction.atomic():
        sign_up(
            email=stand_in, name=name, kind=kind, customer_name=customer_name, language=language, password=password,
            at=at,
        )  # fmt: skip
        transaction.set_rollback(True)
