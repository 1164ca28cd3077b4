"""What is answered to a request, whoever asked."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class WebAnswer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
