"""Who may see a stored file: asked of the apps above that own files, which register here."""

from collections.abc import Callable
from typing import Any

from carnet.files.models import StoredFile

# Told apart by the signed-in person and the file; a file that nobody owns is seen by nobody.
Predicate = Callable[[Any, StoredFile], bool]
_predicates: list[Predicate] = []


def register(predicate: Predicate) -> None:
    """Have this asked too; called once, when the owning app is ready."""
    if predicate not in _predicates:
        _predicates.append(predicate)


def may_see(person: Any, file: StoredFile) -> bool:
    """Whether any owning app lets this signed-in person see the file."""
    return any(predicate(person, file) for predicate in _predicates)
