"""What an action raises when it won't do what was asked: a code and values; the sentence is in the app's `shown`."""

from typing import Any, ClassVar


class Refused(Exception):
    """Somebody asked for something that the rules don't allow. Subclasses stand beside their action and state the fact.

    `code` is `app.fact`, e.g. `ledger.not_enough_units`; `field` is the form field that it belongs to, if any.
    """

    code: ClassVar[str] = ""
    field: ClassVar[str | None] = None

    def __init__(self, **values: Any) -> None:
        super().__init__(self.code, values)
        self.values = values

    def __str__(self) -> str:
        return f"{self.code} {self.values}" if self.values else self.code


class KeyReused(Refused):
    """The key of a form that was sent before came with other content, or from somebody else (L12)."""

    code = "kernel.key_reused"
