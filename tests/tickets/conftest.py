from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache

from carnet.provider import actions as provider
from tests.factories.people import BEGAN, TEST
from tests.factories.tickets import moment


@pytest.fixture(autouse=True)
def _ten_o_clock() -> Iterator[None]:
    """Pages are opened on that Monday at 10:00 in Paris, an hour after everything begins."""
    with time_machine.travel(moment(60), tick=False):
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def awa(awa):
    """In these tests an agent may be silent for two hours; what ⚙ idle_minutes does is in `test_idle.py` (T17)."""
    provider.change_setting(name="idle_minutes", value=120, by=TEST, at=BEGAN)
    return awa
