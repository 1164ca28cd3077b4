from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache

from tests.factories.tickets import moment


@pytest.fixture
def _ten_o_clock() -> Iterator[None]:
    """Pages are opened on that Monday at 10:00 in Paris, an hour after everything begins."""
    cache.clear()
    with time_machine.travel(moment(60), tick=False):
        yield
