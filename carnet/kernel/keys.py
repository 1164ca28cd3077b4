"""Keys that make a write happen once, causes that say why, and secrets for links."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something moved, as a pair that outlives the thing itself, e.g. `Cause("ticket", 12)`."""

    kind: str
    id: int

    @property
    def columns(self) -> dict[str, Any]:
        """What a row with `CauseColumns` keeps of it."""
        return {"cause_kind": self.kind, "cause_id": self.id}


def new_key() -> str:
    """A random idempotency key, 32 characters. A form carries it from its first display to its last submit."""
    return secrets.token_hex(16)


def new_secret() -> str:
    """A secret for a link in an e-mail: 256 bits, safe in a URL. Only its digest is stored."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """The SHA-256 of a secret, 64 hexadecimal characters: what is stored in its place."""
    return hashlib.sha256(secret.encode()).hexdigest()
