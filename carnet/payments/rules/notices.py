"""What the payment service sends by itself, as it came, and how much of it is kept."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from carnet.limits.rules import DAY, HOUR, Limit

LONGEST_BYTES = 256 * 1024
LONGEST_HEADER = 1_000
MOST_HEADERS = 40
# Of one that is forged: enough to see what somebody tried.
FORGED_BYTES = 2_000
ROW_BYTES = 600  # what the shortest takes of the disk, with its places in the indexes
# What one visitor may send that is not proven, and all of them together: so that forgeries don't fill the disk. The
# service sends again what was refused, and is asked anyway (O6).
NOT_PROVEN_AN_HOUR = Limit("notices_not_proven", 60, HOUR)
NOT_PROVEN_BYTES_A_DAY = Limit("notices_not_proven_bytes", 200_000_000, DAY)
# What opens doors of ours is not kept.
NOT_KEPT = {"authorization", "cookie", "proxy-authorization"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice as it came: its body to the byte, and its headers by their names in small letters."""

    body: bytes
    headers: dict[str, str]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def stored_bytes(self) -> int:
        """How much of the disk it takes."""
        return ROW_BYTES + len(self.body) + len(json.dumps(self.headers))

    @property
    def forged_bytes(self) -> int:
        """The same once it is known to be forged."""
        return self.stored_bytes - max(0, len(self.body) - FORGED_BYTES)

    @property
    def is_object(self) -> bool:
        """Whether the body is an object in JSON; nothing else is a notice."""
        try:
            return isinstance(json.loads(self.body), dict)
        except (ValueError, RecursionError):
            return False


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that are kept: those that prove the notice are among them; overlong ones are nobody's."""
    found = {name.lower(): value.replace("\0", "") for name, value in headers.items() if len(value) <= LONGEST_HEADER}
    return dict([(name, value) for name, value in sorted(found.items()) if name not in NOT_KEPT][:MOST_HEADERS])
