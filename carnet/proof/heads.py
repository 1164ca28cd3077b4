"""The file outside the database in which the ends of all journals are kept (`settings.HEADS_FILE`).

It only grows: one line of JSON each time, sealed and chained, written through to the disk. A line holds numbers and
hashes, no names:

    {"number": 7, "at": "…", "key_version": 1, "before": seal of line 6, "books": [count, hash],
     "ledgers": {"customer": [count, hash], …}, "rows": {"table": count, …}, "seal": "…"}

`ledgers` names the customers whose journal has grown since the line before. A line with `accepted` says that the owner
has put back an older state on purpose, and why: what stands above it is compared no more.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from carnet.kernel import chain, seals

End = tuple[int, str]  # how many lines, and the hash of the last one
NO_END: End = (0, chain.START)


@dataclass(slots=True)
class Heads:
    """The ends of all journals at one instant."""

    books: End = NO_END
    ledgers: dict[int, End] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Known(Heads):
    """The last ends that the file knows, how long it is, and its first line that can't be believed."""

    books_then: list[End] = field(default_factory=list)  # every end of the books that it knows
    line_count: int = 0
    seal: str = chain.START
    broken_line: int | None = None
    broken_why: str = ""

    def take(self, line: Mapping[str, Any]) -> None:
        self.line_count, self.seal = line["number"], line["seal"]
        if "accepted" in line:
            self.books, self.ledgers, self.rows, self.books_then = NO_END, {}, {}, []
            return
        self.books = (line["books"][0], line["books"][1])
        self.books_then.append(self.books)
        self.ledgers |= {int(customer): (end[0], end[1]) for customer, end in line["ledgers"].items()}
        self.rows = dict(line["rows"])


def known() -> Known:
    """What the file says; nothing if there is none."""
    try:
        with settings.HEADS_FILE.open("rb") as file:
            return _read(file)
    except FileNotFoundError:
        return Known()


def _read(file: Any) -> Known:
    found = Known()
    for raw in file:
        why = ""
        try:
            line = json.loads(raw)
            why = _wrong(line, found)
            if not why:
                found.take(line)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            why = "unreadable"
        if why:
            found.broken_line, found.broken_why = found.line_count + 1, why
            break
    return found


def _wrong(line: dict[str, Any], before: Known) -> str:
    if (line["number"], line["before"]) != (before.line_count + 1, before.seal):
        return "does_not_follow"
    try:
        seal = _seal(line)
    except seals.KeyMissing:
        return "key_missing"
    return "" if seal == line["seal"] else "changed"


def _seal(line: Mapping[str, Any]) -> str:
    covered = {name: value for name, value in line.items() if name not in ("seal", "before")}
    return seals.link(line["before"], covered, version=line["key_version"])


def append(at: str, content: Mapping[str, Any]) -> tuple[int, str]:
    """Add a line to the file, through to the disk; its number and its seal. ValueError if the file can't be believed.

    `content` is «accepted», or books, ledgers and rows.
    """
    path: Path = settings.HEADS_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path) as descriptor:
        with open(descriptor, "rb", closefd=False) as file:
            before = _read(file)
        if before.broken_line is not None:
            raise ValueError(f"{path}, line {before.broken_line}: {before.broken_why}")
        line: dict[str, Any] = {
            "number": before.line_count + 1, "at": at, "key_version": seals.newest(), "before": before.seal, **content,
        }  # fmt: skip
        line["seal"] = _seal(line)
        os.write(descriptor, (chain.canonical(line) + "\n").encode())
        os.fsync(descriptor)
    return line["number"], line["seal"]


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, opened so that it can only be read and appended to, and by nobody else meanwhile."""
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
    if is_new:  # its name must reach the disk too
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def as_content(heads: Heads, before: Heads) -> dict[str, Any]:
    """What the next line holds: of the customers those whose journal ends elsewhere than `before`."""
    return {
        "books": list(heads.books),
        "ledgers": {str(one): list(end) for one, end in heads.ledgers.items() if before.ledgers.get(one) != end},
        "rows": heads.rows,
    }
