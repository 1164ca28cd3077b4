"""L12: the same request twice happens once, and a key never stands for two things."""

import dataclasses
import datetime
from typing import Any

from django.db.models import Model

from carnet.kernel import chain, keys, sql
from carnet.kernel.models import UsedKey
from carnet.kernel.refused import KeyReused


def was_done(verb: str, *, key: str, at: datetime.datetime, **content: Any) -> bool:
    """Whether this very request came before; a key that comes first is remembered, in the caller's transaction.

    `content` is everything that whoever asks sends, and who they are: rows count by their number, files by what
    `files.digests` says. Refuses `KeyReused` if the key came with anything else. Of two at once with one key, the
    second waits here for the first. What is refused afterwards takes the key back with the transaction.
    """
    plain = {"verb": verb, **{name: _plain(value) for name, value in content.items()}}
    used = UsedKey(key=key, digest=keys.digest(chain.canonical(plain)), at=at)
    (is_new,) = sql.carry_out(sql.new_unless_known(used, "key"))
    if is_new:
        return False
    if UsedKey.objects.get(key=key).digest != used.digest:
        raise KeyReused
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return [value._meta.label, value.pk]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return value
