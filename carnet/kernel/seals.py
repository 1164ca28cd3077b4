"""Rows sealed with a key that is not in the database: who can write there, and no more, can't make a seal.

A row keeps the version of its key, so that keys can be renewed: the highest version seals, the older ones still prove.
"""

import hashlib
import hmac
from typing import Any

from django.conf import settings

from carnet.kernel import chain


class KeyMissing(LookupError):
    """The settings have no key of this version."""


def newest() -> int:
    """The version of the key that seals by now."""
    return max(settings.BOOKS_KEYS)


def link(before: str, fields: dict[str, Any], *, version: int) -> str:
    """The seal of a row: HMAC-SHA256 over the seal before it and its fields as canonical JSON, in hexadecimal.

    Raises `KeyMissing`.
    """
    return of_text(f"{before}\n{chain.canonical(fields)}", version=version)


def of_text(text: str, *, version: int) -> str:
    """The seal of a text. Raises `KeyMissing`."""
    key = settings.BOOKS_KEYS.get(version)
    if key is None:
        raise KeyMissing(version)
    return hmac.digest(key.encode(), text.encode(), hashlib.sha256).hex()
