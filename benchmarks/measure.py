"""How benchmarks are written and measured (README.md beside this file)."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

RUNS = 3
WARMING, REQUESTS = 10, 60
BARE = "/bare/"
DATABASES = ("sqlite", "postgresql")


class Site:
    """Carnet behind its web server, asked by one client or by several."""

    def __init__(self, address: str) -> None:
        self.address = address

    def sign_in(self, person: AbstractBaseUser) -> dict[str, str]:
        """The cookies of somebody signed in, without going through the form."""
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        return {settings.SESSION_COOKIE_NAME: str(session.session_key)}

    def seconds(self, path: str, *, cookies: dict[str, str] | None = None) -> float:
        """How long one client waits for a page, which must answer 200."""
        return statistics.median(self._medians(path, cookies=cookies)[0] for _run in range(RUNS))

    def ask(self, path: str, *, cookies: dict[str, str] | None = None) -> None:
        """One page, which must answer 200."""
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        _asked(connection, path, _headers(cookies))
        connection.close()

    def times_the_bare_page(self, path: str, *, cookies: dict[str, str] | None = None) -> float:
        """How many times longer than the bare page, asked for in turns: a machine that slows down slows both."""
        pairs = [self._medians(path, BARE, cookies=cookies) for _run in range(RUNS)]
        return statistics.median(page / bare for page, bare in pairs)

    def _medians(self, *paths: str, cookies: dict[str, str] | None = None) -> list[float]:
        """The median seconds of each of the paths, which are asked for in turns by one client."""
        headers = _headers(cookies)
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        rounds = [[_asked(connection, path, headers) for path in paths] for _ in range(WARMING + REQUESTS)][WARMING:]
        connection.close()
        return [statistics.median(times) for times in zip(*rounds, strict=True)]

    def per_second(self, work: Callable[[int], object], *, clients: int = 1, seconds: float = 3) -> float:
        """How often `work(number)` is completed a second by so many threads; the numbers never repeat."""
        return statistics.median(_rate(work, run, clients, seconds) for run in range(RUNS))


def _headers(cookies: dict[str, str] | None) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())}


def _asked(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> float:
    """How many seconds the page took, which must answer 200."""
    start = time.perf_counter()
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}")
    return time.perf_counter() - start


def _rate(work: Callable[[int], object], run: int, clients: int, seconds: float) -> float:
    done = [0] * clients
    faults: list[Exception] = []
    start = time.perf_counter()

    def client(index: int) -> None:
        try:
            while time.perf_counter() - start < seconds and not faults:
                work((run * 1_000_000 + done[index]) * clients + index)
                done[index] += 1
        except Exception as fault:  # noqa: BLE001 - raised again in the thread that counts
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client, args=(index,)) for index in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return sum(done) / (time.perf_counter() - start)


@dataclass(frozen=True)
class Benchmark:
    name: str
    run: Callable[[Site], float]
    at_most: float | None
    at_least: float | None
    unit: str
    on: tuple[str, ...]

    def is_met(self, figure: float) -> bool:
        return (self.at_most is None or figure <= self.at_most) and (self.at_least is None or figure >= self.at_least)

    @property
    def target(self) -> str:
        if self.at_most is None and self.at_least is None:
            return "–"
        return f"≤ {self.at_most:g} {self.unit}" if self.at_most is not None else f"≥ {self.at_least:g} {self.unit}"


ALL: list[Benchmark] = []


def benchmark(
    name: str,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
    unit: str = "",
    on: tuple[str, ...] = DATABASES,
) -> Callable[[Callable[[Site], float]], Callable[[Site], float]]:
    """Put a function on the list of what `bin/bench` measures."""

    def register(run: Callable[[Site], float]) -> Callable[[Site], float]:
        ALL.append(Benchmark(name, run, at_most, at_least, unit, on))
        return run

    return register
