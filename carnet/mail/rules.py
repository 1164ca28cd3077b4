"""An e-mail before it is put into words, what it must look like before it may leave, and how long it is tried."""

import datetime
import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from carnet.limits.rules import DAY, HOUR, Limit

GIVE_UP_AFTER = datetime.timedelta(days=2)
NUDGE_AFTER = datetime.timedelta(minutes=10)
SUBJECT_LENGTH = 300

# Mails that anyone can cause by typing an address: codes, links to confirm it, «there is no account». To one address,
# by one visitor or person, and by all of them together.
TO_ONE_ADDRESS = (Limit("mails to an address, hour", 8, HOUR), Limit("mails to an address, day", 20, DAY))
BY_ONE_VISITOR = (Limit("mails by a visitor, hour", 30, HOUR), Limit("mails by a visitor, day", 100, DAY))
BY_EVERYBODY = Limit("mails by everybody, hour", 1000, HOUR)


@dataclass(frozen=True, slots=True)
class Attached:
    """A document for a mail to bring along."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail before it is put into words: to which address, in which language, what it is about.

    `kind` "tickets/answered" is rendered from `tickets/mail/answered.subject.txt`, `.txt` and `.html` with `context`,
    in the language of the recipient, whose program shows mails of one `thread`, e.g. "ticket:12", together.
    `is_automatic` False for what a person wrote: else mail programs keep it from absence replies (RFC 3834).

    `has_secret`: it carries a code or a secret link. Nobody but its recipient reads such a mail: the desk shows neither
    subject nor words, and both are emptied once the mail server took it.
    """

    kind: str
    to: str
    language: str
    context: Mapping[str, Any]
    thread: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[Attached] = ()
    has_secret: bool = False
    is_automatic: bool = True


def is_one_line(text: str) -> bool:
    """Whether a header may hold it: no line break, no NUL, no other control character."""
    return not any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in text)


def subject_line(text: str) -> str:
    """A subject on one line, without control characters, of 300 characters at most."""
    line = " ".join("".join(" " if not is_one_line(character) else character for character in text).split())
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1].rstrip() + "…"


def plain_text(text: str) -> str:
    """A mail's text without NUL, with lines trimmed at their end, never more than one empty line together."""
    lines: list[str] = []
    for line in text.replace("\0", "").splitlines():
        if line.strip() or (lines and lines[-1]):
            # «-- » with its blank begins the part that mail programs fold away.
            lines.append("-- " if line == "-- " else line.rstrip())
    return "\n".join(lines).strip("\n") + "\n"


def thread_id(thread: str, domain: str) -> str:
    """The id that all mails of this thread refer to. No mail has it; what refers to one id is shown together."""
    return f"<{hashlib.sha256(thread.encode()).hexdigest()[:32]}@{domain}>"
