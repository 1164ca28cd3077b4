"""The VIES that tests ask: the demo's stand-in, on a port of its own."""

from collections.abc import Iterator
from typing import Any

import pytest

from carnet.kernel import clock
from demo.vies.server import ViesStandIn


@pytest.fixture
def vies(settings: Any) -> Iterator[ViesStandIn]:
    """A VIES of the test's own, which Carnet asks."""
    stand_in = ViesStandIn(now=clock.now)
    settings.VIES_STAND_IN = stand_in.url
    stand_in.start()
    try:
        yield stand_in
    finally:
        stand_in.stop()
