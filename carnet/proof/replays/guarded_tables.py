"""Whether the database still refuses to change what only grows."""

from collections.abc import Iterator

from carnet.kernel import append_only
from carnet.proof.rules import Fault, Found

CHECK = "append-only tables"


def faults() -> Iterator[Found]:
    """Every table whose rows only grow, and every one of which some columns never change."""
    missing = append_only.unprotected()
    yield len(append_only.GUARDED), [Fault(CHECK, "table", table, "trigger_missing") for table in missing]
