"""Who acts, as a value that outlives the person."""

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["person", "team", "visitor", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something: kind, id of the Person (if any), and a label without a name, e.g. `agent 3`, `worker`."""

    kind: Kind
    id: int | None
    label: str

    @property
    def columns(self) -> dict[str, Any]:
        """What a row with `ActorColumns` keeps of them."""
        return {"actor_kind": self.kind, "actor_id": self.id, "actor_label": self.label}


WORKER = Actor("system", None, "worker")
VISITOR = Actor("visitor", None, "visitor")


def system(label: str) -> Actor:
    """A part of Carnet itself that acts, e.g. `system("demo")`."""
    return Actor("system", None, label)
