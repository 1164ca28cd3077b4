"""The access to the payment service: given at the desk, tried, removed; and where the service sends its notices.

Its secret is stored encrypted, and shown by no answer of these actions.
"""

import datetime
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel import encryption
from carnet.kernel.refused import Refused
from carnet.payments import queries
from carnet.payments.actions import asking
from carnet.payments.models import OnlineAccess
from carnet.payments.paypal import interface as paypal
from carnet.payments.rules.online import Access, ServiceFailed

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
DOUBLE_CLICK = datetime.timedelta(seconds=10)
SUBJECT = ("online_access", 1)
ACCESS_REFUSED = (401, 403)  # the service's answers to a client id or a secret that it doesn't know


class AccessFromEnvironment(Refused):
    """The environment gives the access, and only there it can be changed."""

    code = "payments.access_from_environment"


class AccessMissing(Refused):
    """No access was given, or it can't be used here."""

    code = "payments.access_missing"


class AccessChanged(Refused):
    """Somebody changed the access while the service was asked."""

    code = "payments.access_changed"


class SecretMissing(Refused):
    """Another client id, or another service, has another secret."""

    code = "payments.secret_missing"
    field = "secret"


class EnvironmentNotAllowed(Refused):
    """A live site has no stand-in, and only a live one takes real money."""

    code = "payments.environment_not_allowed"
    field = "environment"


class AccessNotAccepted(Refused):
    """The service does not accept client id and secret. Values: debug_id."""

    code = "payments.access_not_accepted"


class ServiceNotReached(Refused):
    """The service did not answer, or not as it should. Values: failed (its word or ours), debug_id."""

    code = "payments.service_not_reached"


class SiteNotSecure(Refused):
    """The service sends its notices only to an address that begins with https."""

    code = "payments.site_not_secure"


@transaction.atomic
def set_online_access(*, client_id: str, secret: str, environment: str, by: Actor, at: datetime.datetime) -> None:
    """Keep with what the service is asked from now on. Without a secret the one that is stored stays, if the rest does;
    the same again changes nothing.

    What was found out about another access is forgotten: its account, and where its notices are sent. Refuses
    `AccessFromEnvironment`, `EnvironmentNotAllowed` and `SecretMissing`.
    """
    if settings.PAYPAL_CLIENT_ID:
        raise AccessFromEnvironment
    if environment not in queries.access_environments():
        raise EnvironmentNotAllowed
    row = OnlineAccess.objects.select_for_update().first() or OnlineAccess(pk=1)
    is_same = (row.client_id, row.environment) == (client_id, environment)
    stored = queries.online_access() if is_same else None
    if not secret and stored is None:
        raise SecretMissing
    if stored is not None and secret in ("", stored.secret):
        return
    if not is_same:
        row.client_id, row.environment = client_id, environment
        row.account_id = row.webhook_id = ""
    row.secret_sealed = encryption.encrypt(secret, purpose=queries.SECRET_PURPOSE)
    row.tested_at, row.changed_at = None, at
    row.save()
    audit.record(
        "online_access.set", by=by, at=at, subject=SUBJECT, client_id=client_id, environment=environment
    )  # fmt: skip


def test_online_access(*, by: Actor, at: datetime.datetime) -> str:
    """Sign in at the service, and keep which account that opens; the account, empty if the service doesn't name it.

    Refuses `AccessMissing`, `AccessNotAccepted`, `ServiceNotReached` and `AccessChanged`.
    """
    access = _present()
    found = _asked(paypal.find_account, access)
    with transaction.atomic():
        row = _row_of(access, at)
        is_double_click = row.tested_at is not None and at - row.tested_at < DOUBLE_CLICK
        row.account_id, row.tested_at = found.account_id, at
        row.save()
        if not is_double_click:
            audit.record("online_access.tested", by=by, at=at, subject=SUBJECT, account_id=found.account_id)
    return found.account_id


def set_up_notices(*, address: str, by: Actor, at: datetime.datetime) -> None:
    """Have the service send its notices to this address of ours. Once more finds what was set up before.

    Refuses `AccessMissing`, `AccessFromEnvironment` if that says where they go, `SiteNotSecure`, `AccessNotAccepted`,
    `ServiceNotReached` and `AccessChanged`.
    """
    access = _present()
    if settings.PAYPAL_WEBHOOK_ID:
        raise AccessFromEnvironment
    if not address.startswith("https://") and access.environment != "stand_in":
        raise SiteNotSecure
    webhook_id = _asked(paypal.set_up_notices, access, address)
    with transaction.atomic():
        row = _row_of(access, at)
        if row.webhook_id == webhook_id:
            return
        row.webhook_id = webhook_id
        row.save()
        audit.record("online_access.notices_set_up", by=by, at=at, subject=SUBJECT, webhook_id=webhook_id)


@transaction.atomic
def remove_online_access(*, by: Actor, at: datetime.datetime) -> None:
    """Offer the service no more, and forget its secret. Refuses `AccessFromEnvironment` and `AccessMissing`."""
    if settings.PAYPAL_CLIENT_ID:
        raise AccessFromEnvironment
    row = OnlineAccess.objects.select_for_update().first()
    if row is None:
        raise AccessMissing
    row.delete()
    audit.record(
        "online_access.removed", by=by, at=at, subject=SUBJECT, client_id=row.client_id, environment=row.environment
    )  # fmt: skip


def _present() -> Access:
    access = queries.online_access()
    if access is None:
        raise AccessMissing
    return access


def _asked(
    call: Callable[Concatenate[Access, Given], Answer], access: Access, *args: Given.args, **more: Given.kwargs
) -> Answer:
    """What the service answers; what it refuses is told to the owner, who is waiting for it."""
    try:
        return asking.ask(call, access, *args, **more)
    except ServiceFailed as failed:
        if failed.permanent and failed.status in ACCESS_REFUSED:
            raise AccessNotAccepted(debug_id=failed.debug_id or "—") from None
        raise ServiceNotReached(failed=failed.code, debug_id=failed.debug_id or "—") from None


def _row_of(access: Access, at: datetime.datetime) -> OnlineAccess:
    """The locked row of the access that was asked with: of one from the environment it is made when there is something
    to keep, and holds no secret.
    """
    row = OnlineAccess.objects.select_for_update().first()
    if row is not None and (row.client_id, row.environment) == (access.client_id, access.environment):
        return row
    if not settings.PAYPAL_CLIENT_ID:
        raise AccessChanged
    return OnlineAccess(
        pk=1, client_id=access.client_id, environment=access.environment, secret_sealed="", changed_at=at
    )
