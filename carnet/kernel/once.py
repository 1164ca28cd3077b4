"""L12: the same request twice happens once, and a key never stands for two things.

A request that makes rows of its own under a lock finds the `first` of them again, which says what it stands for; any
other asks whether it `was_done`, and its key is remembered. Both give the first result for the same, and refuse
`KeyReused` for anything else under the same key. That a key is there once is for the database to see.
"""

import dataclasses
import datetime
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from django.db.models import Model

from carnet.kernel import chain, keys, sql
from carnet.kernel.models import UsedKey
from carnet.kernel.refused import KeyReused


class WithKey(Protocol):
    key: Any


Row = TypeVar("Row", bound=WithKey)


def was_done(verb: str, *, key: str, at: datetime.datetime, **content: Any) -> bool:
    """Whether this very request came before; a key that comes first is remembered, in the caller's transaction.

    `content` is everything that whoever asks sends, and who they are, see `content_of`. Refuses `KeyReused` if the key
    came with anything else. Of two at once with one key, the second waits here for the first. What is refused
    afterwards takes the key back with the transaction.
    """
    used = UsedKey(key=key, digest=content_of(verb, **content), at=at)
    (is_new,) = sql.carry_out(sql.new_unless_known(used, "key"))
    if is_new:
        return False
    refuse_unless_same(UsedKey.objects.get(key=key).digest, used.digest)
    return True


def first(
    rows: Iterable[Row], *, key: str, content: Any, of: Callable[[Row], Any] = attrgetter("content")
) -> Row | None:
    """Which of `rows` this very request made when it came before; None: it is new. Others may be among them.

    For whoever holds the lock under which such rows are made: of two at once with one key, the second has waited for
    the first. `of` tells what a row stands for; refuses `KeyReused` if that is not this `content`.
    """
    row = next((one for one in rows if one.key == key), None)
    if row is not None:
        refuse_unless_same(of(row), content)
    return row


def content_of(verb: str, **content: Any) -> str:
    """A digest of everything that a request says, for a row to keep: rows count by their number, files by what
    `files.digests` says.
    """
    return keys.digest(chain.canonical({"verb": verb, **{name: _plain(value) for name, value in content.items()}}))


def refuse_unless_same(before: Any, now: Any) -> None:
    """Refuses `KeyReused` if what came under a key before is something else than what comes now."""
    if before != now:
        raise KeyReused


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return [value._meta.label, value.pk]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
