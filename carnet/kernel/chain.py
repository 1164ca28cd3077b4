"""Rows chained by hash: each covers the one before it; head and count are kept apart, so that a cut tail shows."""

import datetime
import hashlib
import json
from typing import Any

START = "0" * 64


def link(before: str, fields: dict[str, Any]) -> str:
    """The hash of a row: SHA-256 over the hash before it and its fields as canonical JSON, in hexadecimal."""
    return hashlib.sha256(f"{before}\n{canonical(fields)}".encode()).hexdigest()


def canonical(fields: dict[str, Any]) -> str:
    """The same text for the same fields from any database: keys sorted, instants in UTC to the microsecond."""
    return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical text")
