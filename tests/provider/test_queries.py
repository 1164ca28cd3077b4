import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from carnet.audit.actors import system
from carnet.provider import actions, queries, rules
from carnet.provider.queries import KEPT_SECONDS

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)


def test_asking_often_reads_the_database_once(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        for _ in range(50):
            queries.setting("idle_minutes")
            queries.time_zone()
            queries.company()


def test_reads_again_after_two_seconds(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    monkeypatch.setattr(queries, "KEPT_SECONDS", KEPT_SECONDS)  # as it is outside of tests, see tests/conftest.py
    assert KEPT_SECONDS == 2
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    queries.setting("idle_minutes")
    now = 102.5
    with django_assert_num_queries(2):
        queries.setting("idle_minutes")


def test_time_zone() -> None:
    assert queries.time_zone() == ZoneInfo("Europe/Paris")
    actions.change_setting(name="time_zone", value="Indian/Reunion", by=system("test"), at=AT)
    assert queries.time_zone() == ZoneInfo("Indian/Reunion")


def test_unknown_setting() -> None:
    with pytest.raises(KeyError):
        queries.setting("TIME_ZONE")


def test_settings_shown_in_the_order_of_the_rules(django_assert_num_queries: Any) -> None:
    actions.change_setting(name="idle_minutes", value=12, by=system("test"), at=AT)
    with django_assert_num_queries(1):
        shown = queries.settings_shown()
    assert [s.declared.name for s in shown] == list(rules.SETTINGS)
    assert [(s.declared.name, s.value, s.changed_at) for s in shown if not s.is_default] == [("idle_minutes", 12, AT)]
