"""What bin/test leaves out on which database, so that the whole suite stays quick (docs/decisions/what-runs-where.md).

Rules, words and other values need no database: once, on SQLite. Pages are asked on PostgreSQL, the stricter of the two.
Actions, queries, constraints, locks and everything simultaneous run on both, and so does what is marked `both`.
Journeys walk in French, on SQLite; what is marked `every_language` in all three. `bin/test --all` leaves nothing out.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import pytest
from coverage import Coverage
from django.db import connection
from django.test import AsyncClient, Client

BROWSERS = (Client, AsyncClient)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shared-out", action="store_true", help="leave out what runs on the other database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--shared-out"):
        return
    on_postgresql = connection.vendor == "postgresql"
    elsewhere = {id(item): item for item in items if runs_elsewhere(item, on_postgresql)}
    config.hook.pytest_deselected(items=list(elsewhere.values()))
    items[:] = [item for item in items if id(item) not in elsewhere]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """What is measured on SQLite isn't measured again on PostgreSQL: measuring takes half as long again."""
    is_shared_out = item.config.getoption("--shared-out")
    if not is_shared_out or connection.vendor != "postgresql" or runs_elsewhere(item, on_postgresql=False):
        return (yield)
    stopped = []
    while measuring := Coverage.current():  # pytest-cov has one inside the other in each process of pytest-xdist
        measuring.stop()
        stopped.append(measuring)
    try:
        return (yield)
    finally:
        for measuring in reversed(stopped):
            measuring.start()


def runs_elsewhere(item: pytest.Item, on_postgresql: bool) -> bool:
    is_for_both = item.get_closest_marker("both") is not None
    if "/journeys/" in item.nodeid:
        return speaks_another_language(item) or (on_postgresql and not is_for_both)
    if is_for_both:
        return False
    return needs_no_database(item) if on_postgresql else asks_for_pages(item)


def speaks_another_language(item: pytest.Item) -> bool:
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    is_walked_in_all = item.get_closest_marker("every_language") is not None
    return not is_walked_in_all and parameters.get("language", "fr") != "fr"


def needs_no_database(item: pytest.Item) -> bool:
    uses = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is None and not uses & {"db", "transactional_db", "live_server"}


def asks_for_pages(item: pytest.Item) -> bool:
    """Whether the test, a fixture or a helper reaches the test browser; not if it needs real transactions."""
    marker = item.get_closest_marker("django_db")
    is_simultaneous = marker is not None and bool(marker.kwargs.get("transaction"))
    if is_simultaneous or "transactional_db" in getattr(item, "fixturenames", ()):
        return False
    fixtures = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009, the only way to a test's fixtures
    functions = [definition.func for of_name in fixtures.values() for definition in of_name]
    return any(_reaches_browser(function, set()) for function in [getattr(item, "obj", None), *functions])


def _reaches_browser(function: Any, seen: set[int]) -> bool:
    function = getattr(function, "__wrapped__", function)
    if not isinstance(function, types.FunctionType) or id(function) in seen:
        return False
    if not function.__module__.startswith("tests"):
        return function.__module__ == "pytest_django.fixtures" and function.__name__.endswith("client")
    seen.add(id(function))
    for name in _names(function.__code__):
        value = function.__globals__.get(name)
        if value in BROWSERS if isinstance(value, type) else _reaches_browser(value, seen):
            return True
    return False


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)
