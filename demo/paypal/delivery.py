"""Carries the notices to Carnet in a thread of its own, and again while nobody takes them."""

import contextlib
import heapq
import http.client
import itertools
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from demo.paypal.signing import SignedNotice

# PayPal tries 25 times in three days; a demo is less patient.
AGAIN_AFTER = (2, 5, 10, 20, 40, 60, 120, 300, 600)


@dataclass
class Delivery:
    """A notice on its way, or what became of it."""

    notice: SignedNotice
    attempts: int = 0
    answer: str = ""  # the last one: a status, or why there was none
    is_over: bool = False


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is no success, as with PayPal."""

    def redirect_request(self, *_arguments: object, **_more: object) -> None:
        return None


# No proxy either: the address is this machine's.
OPENER = urllib.request.build_opener(NoRedirects, urllib.request.ProxyHandler({}))


class Courier:
    """`on_over` is told of each notice that was taken or given up, in the courier's thread."""

    def __init__(
        self,
        again_after: tuple[float, ...] = AGAIN_AFTER,
        on_over: Callable[[Delivery], None] = lambda _delivery: None,
    ) -> None:
        self.again_after = again_after
        self.on_over = on_over
        self.deliveries: list[Delivery] = []
        self._due: list[tuple[float, int, Delivery]] = []
        self._number = itertools.count()
        self._changed = threading.Condition()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="paypal-notices", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._is_stopped = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def send(self, notice: SignedNotice, *, after: float = 0) -> None:
        delivery = Delivery(notice)
        with self._changed:
            self.deliveries = [*self.deliveries[-199:], delivery]
            self._put(delivery, after)

    def _put(self, delivery: Delivery, after: float) -> None:
        heapq.heappush(self._due, (time.monotonic() + after, next(self._number), delivery))
        self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._is_stopped and (not self._due or self._due[0][0] > time.monotonic()):
                    self._changed.wait(self._due[0][0] - time.monotonic() if self._due else None)
                if self._is_stopped:
                    return
                delivery = heapq.heappop(self._due)[2]
            delivery.answer = post(delivery.notice)
            delivery.attempts += 1
            delivery.is_over = delivery.answer.startswith("2") or delivery.attempts > len(self.again_after)
            if delivery.is_over:
                self.on_over(delivery)
            else:
                with self._changed:
                    self._put(delivery, self.again_after[delivery.attempts - 1])


def post(notice: SignedNotice) -> str:
    """The status of the answer, or why there was none."""
    request = urllib.request.Request(notice.url, notice.body, notice.headers, method="POST")
    try:
        with OPENER.open(request, timeout=10) as answer:
            return str(answer.status)
    except urllib.error.HTTPError as error:
        with contextlib.closing(error):
            return str(error.code)
    except urllib.error.URLError as error:
        return str(getattr(error.reason, "strerror", None) or error.reason)
    except (OSError, ValueError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
