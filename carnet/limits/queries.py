import datetime

from django.utils.crypto import salted_hmac

from carnet.limits.models import Count
from carnet.limits.rules import Limit


def digest_of(whom: str) -> str:
    """What stands in the table for a visitor or an address: only who has the site's secret key can compare."""
    return salted_hmac("carnet.limits", whom, algorithm="sha256").hexdigest()


def has_room(limit: Limit, whom: str, *, at: datetime.datetime, amount: int = 1) -> bool:
    """Whether so much more may be done now; counts nothing. Whoever acts counts it, see `actions.spend`."""
    found = Count.objects.filter(name=limit.name, whom=digest_of(whom), ends_at=limit.ends_at(at)).first()
    return (found.used if found else 0) + amount <= limit.most
