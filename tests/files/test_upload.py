"""Forms with files: through Django's parser, and 200 MB through the web server of production."""

import contextlib
import http.client
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.test import RequestFactory

from carnet.files import upload
from carnet.files.rules import MEGABYTE
from carnet.files.upload import LeftOut
from tests.servers import web_server

BOUNDARY = "a-line-between-the-parts"
FORM_HEADERS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def field(name: str, text: str) -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()


def file_head(name: str) -> bytes:
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()


def file(name: str, content: bytes) -> bytes:
    return file_head(name) + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


def parsed(*parts: bytes) -> HttpRequest:
    return RequestFactory().generic("POST", "/", b"".join(parts) + END, FORM_HEADERS["Content-Type"])


def names(request: HttpRequest) -> list[tuple[str, bool, bool]]:
    """Of each file its name, whether it was too large alone, and whether they were too much together."""
    return [
        (found.name or "", getattr(found, "too_large", False), getattr(found, "too_much_together", False))
        for found in request.FILES.getlist("files")
    ]


def test_files_and_text_come_through():
    request = parsed(field("text", "héllo"), file("a.txt", b"abc"), file("b.txt", b""), field("more", "x"))
    a, b = request.FILES.getlist("files")
    assert (request.POST["text"], request.POST["more"]) == ("héllo", "x")
    assert ((a.name, a.size, a.read()), (b.name, b.size, b.read())) == (("a.txt", 3, b"abc"), ("b.txt", 0, b""))
    request.close()


def test_a_file_that_is_too_large_is_let_go_and_the_rest_is_kept():
    request = parsed(
        field("text", "kept"), file("a.txt", b"abc"), file("big.zip", b"x" * (20 * MEGABYTE + 1)),
        file("c.txt", b"def"), field("more", "kept too"),
    )  # fmt: skip
    assert (request.POST["text"], request.POST["more"]) == ("kept", "kept too")
    assert names(request) == [("a.txt", False, False), ("big.zip", True, False), ("c.txt", False, False)]
    a, big, c = request.FILES.getlist("files")
    assert (a.read(), c.read()) == (b"abc", b"def")
    assert isinstance(big, LeftOut)
    assert (big.size, bool(big)) == (0, True)
    request.close()


def test_a_file_of_exactly_20_mb_is_kept():
    request = parsed(file("big.zip", b"x" * (20 * MEGABYTE)))
    found = request.FILES["files"]
    assert (names(request), found.size) == ([("big.zip", False, False)], 20 * MEGABYTE)
    request.close()


def test_files_may_have_60_mb_together():
    large = b"x" * (19 * MEGABYTE)
    parts = [file(f"{number}.zip", large) for number in range(4)]
    request = parsed(*parts, file("small.txt", b"abc"), field("text", "kept"))
    assert request.POST["text"] == "kept"
    assert names(request) == [
        ("0.zip", False, False), ("1.zip", False, False), ("2.zip", False, False), ("3.zip", False, True),
        # What was let go does not count: a small one behind it still fits.
        ("small.txt", False, False),
    ]  # fmt: skip
    request.close()


@pytest.mark.parametrize("count", [30, 300])
def test_many_files_come_through_to_be_counted_by_the_form(count):
    request = parsed(*(file(f"{number}.txt", b"abc") for number in range(count)), field("text", "kept"))
    assert request.POST["text"] == "kept"
    assert [name for name, _, _ in names(request)] == [f"{number}.txt" for number in range(count)]
    # Only some of them are open files.
    assert [together for _, _, together in names(request)] == [False] * 20 + [True] * (count - 20)
    request.close()


def test_temporary_files_are_gone_afterwards():
    request = parsed(file("a.txt", b"abc"), file("big.zip", b"x" * (20 * MEGABYTE + 1)))
    a = request.FILES.getlist("files")[0]
    path = Path(a.temporary_file_path())  # type: ignore[attr-defined]
    assert path.exists()
    request.close()
    assert not path.exists()
    assert list(path.parent.glob(f"{path.name.split('.')[0]}*")) == []


def test_beyond_all_measure_it_is_not_even_read(monkeypatch):
    monkeypatch.setattr(upload, "READ_AT_MOST_BYTES", 30 * MEGABYTE)
    request = parsed(field("text", "kept"), file("big.zip", b"x" * (31 * MEGABYTE)), field("more", "lost"))
    assert (request.POST.dict(), names(request)) == ({"text": "kept"}, [])


def test_too_much_text_is_refused_by_django():
    with pytest.raises(RequestDataTooBig):
        _ = parsed(field("text", "x" * (6 * MEGABYTE))).POST


# Behind the web server


def tree_of(pid: int) -> list[int]:
    """The process and those it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in tree_of(int(child)))]


def resident_peaks(pids: list[int]) -> list[int]:
    """The most memory that each process has ever had resident, in bytes."""
    peaks = []
    for pid in pids:
        line = next(row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmHWM"))
        peaks.append(int(line.split()[1]) * 1024)
    return peaks


def big_form(megabytes: int) -> Iterator[bytes]:
    yield field("text", "kept") + file_head("film.mp4")
    for _ in range(megabytes):
        yield b"x" * MEGABYTE
    yield b"\r\n" + field("more", "kept too") + END


class DiskWatch(threading.Thread):
    """Notes the most that ever lay in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self.most, self.ended = folder, 0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.005):
            self.most = max(self.most, self.now())

    def now(self) -> int:
        found = 0
        for path in self.folder.glob("*.upload*"):
            with contextlib.suppress(FileNotFoundError):
                found += path.stat().st_size
        return found


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[tuple[http.client.HTTPConnection, Path]]:
    """A connection to the web server, and the folder of its temporary files."""
    folder = tmp_path_factory.mktemp("uploads")
    with web_server("tests.files.upload_site:application", {"TMPDIR": str(folder)}, 60) as url:
        server = http.client.HTTPConnection(urlsplit(url).netloc, timeout=300)
        yield server, folder
        server.close()


def test_200_mb_fill_neither_memory_nor_disk(site):
    length = sum(len(part) for part in big_form(0)) + 200 * MEGABYTE
    headers = {**FORM_HEADERS, "Content-Length": str(length)}
    server, folder = site
    watch = DiskWatch(folder)
    processes = tree_of(os.getpid())[1:]
    before = resident_peaks(processes)
    watch.start()
    try:
        server.request("POST", "/", big_form(200), headers)
        response = server.getresponse()
        told = json.load(response)
        grown = [after - peak for peak, after in zip(before, resident_peaks(processes), strict=True)]
    finally:
        watch.ended.set()
        watch.join()
    assert told == {
        "typed": {"text": len("kept"), "more": len("kept too")},
        "files": [{"name": "film.mp4", "size": 0, "too_large": True, "too_much_together": False}],
    }
    assert len(grown) >= 3  # granian and its two workers
    assert max(grown) < 30 * MEGABYTE
    assert watch.most <= 20 * MEGABYTE
    assert watch.now() == 0
