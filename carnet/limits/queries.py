import datetime
from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.crypto import salted_hmac

from carnet.limits.models import Count
from carnet.limits.rules import Limit


def digest_of(whom: str) -> str:
    """What stands in the table for a visitor or an address: only who has the site's secret key can compare."""
    return salted_hmac("carnet.limits", whom, algorithm="sha256").hexdigest()


def has_room(limit: Limit, whom: str, *, at: datetime.datetime, amount: int = 1) -> bool:
    """Whether so much more may be done now; counts nothing. Whoever acts counts it, see `actions.spend`."""
    return have_room([(limit, whom, amount)], at=at)


def have_room(wanted: Sequence[tuple[Limit, str, int]], *, at: datetime.datetime) -> bool:
    """The same of several limits, each with whom it counts and how much more: whether all of them let it pass."""
    keys = [(limit.name, digest_of(whom), limit.ends_at(at)) for limit, whom, _amount in wanted]
    known = [Q(name=name, whom=whom, ends_at=ends_at) for name, whom, ends_at in keys]
    rows = Count.objects.filter(reduce(or_, known)).values_list("name", "whom", "ends_at", "used")
    used = {(name, whom, ends_at): count for name, whom, ends_at, count in rows}
    return all(
        used.get(key, 0) + amount <= limit.most for key, (limit, _whom, amount) in zip(keys, wanted, strict=True)
    )
