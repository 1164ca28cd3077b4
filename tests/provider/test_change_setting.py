import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction

from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.jobs import queries as jobs
from carnet.kernel.refused import Refused
from carnet.provider import actions, queries, rules
from carnet.provider.models import SettingChange, SettingValue

pytestmark = pytest.mark.django_db

OWNER = Actor("team", 7, "owner 7")
AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)


def change(name: str, value: Any, at: datetime.datetime = AT) -> SettingValue:
    return actions.change_setting(name=name, value=value, by=OWNER, at=at)


def test_changes_the_value_at_once_in_this_process() -> None:
    assert queries.setting("close_after_days") == 7
    change("close_after_days", 10)
    assert queries.setting("close_after_days") == 10
    assert queries.settings_for("close_after_days", "reopen_days") == {"close_after_days": 10, "reopen_days": 7}


def test_keeps_every_former_value() -> None:
    change("idle_minutes", 15)
    change("idle_minutes", 20, AT + datetime.timedelta(hours=1))
    assert [(c.before, c.value, c.at.hour, c.actor_label) for c in queries.setting_history("idle_minutes")] == [
        (15, 20, 11, "owner 7"),
        (10, 15, 10, "owner 7"),
    ]


def test_a_moment_before_the_last_change_is_raised_to_it() -> None:
    change("idle_minutes", 15)
    change("idle_minutes", 20, AT - datetime.timedelta(hours=1))
    assert [c.at for c in queries.setting_history("idle_minutes")] == [AT, AT]


def test_the_same_value_again_writes_nothing() -> None:
    change("idle_minutes", 15)
    change("idle_minutes", 15)
    assert (SettingChange.objects.count(), Entry.objects.count()) == (1, 1)


def test_daily_work_follows_the_time_zone() -> None:
    change("time_zone", "Indian/Reunion")
    assert jobs.zone() == ZoneInfo("Indian/Reunion")


def test_is_audited() -> None:
    change("revive_by", "any")
    entry = Entry.objects.get()
    assert (entry.code, entry.details) == ("setting.changed", {"name": "revive_by", "before": "unit", "value": "any"})


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("reopen_days", -1, "provider.setting_out_of_range"),
        ("reopen_days", 91, "provider.setting_out_of_range"),
        ("reopen_days", "7", "provider.setting_not_whole"),
        ("reopen_days", True, "provider.setting_not_whole"),
        ("revive_by", "moon", "provider.setting_not_a_choice"),
        ("hide_after_end", "yes", "provider.setting_not_a_choice"),
        ("time_zone", "Europe/Atlantis", "provider.unknown_time_zone"),
        ("time_zone", "+02:00", "provider.unknown_time_zone"),
        ("time_zone", "Factory", "provider.unknown_time_zone"),  # case V4
        ("time_zone", "Etc/GMT+5", "provider.unknown_time_zone"),
        ("time_zone", "UTC", "provider.unknown_time_zone"),
        ("holidays_of", "XX", "provider.unknown_holidays"),
        ("holidays_of", "FR-99", "provider.unknown_holidays"),
        ("targets", {"blocked": 60}, "provider.setting_not_whole"),
        ("targets", {"blocked": 0, "hindered": 240, "question": 480}, "provider.setting_out_of_range"),
        ("targets", {"blocked": 300, "hindered": 240, "question": 480}, "provider.targets_out_of_order"),
        ("remind_after_days", 7, "provider.reminder_after_closing"),
        ("close_after_days", 4, "provider.reminder_after_closing"),
    ],
)
def test_nonsense_is_refused(name: str, value: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        change(name, value)
    assert (refused.value.code, refused.value.field) == (code, "value")
    assert (SettingValue.objects.count(), SettingChange.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_zone", "America/Martinique"),
        ("holidays_of", "FR-57"),
        ("holidays_of", "FR-6AE"),
        ("targets", {"blocked": 30, "hindered": 30, "question": 600}),
        ("tolerance_cents", 5),
        ("wait_after_unpaid", True),
    ],
)
def test_sense_is_stored(name: str, value: Any) -> None:
    change(name, value)
    assert queries.setting(name) == value


def test_an_unknown_name_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        change("mood", 1)


def test_the_history_can_not_be_rewritten() -> None:
    change("idle_minutes", 15)
    with pytest.raises(DatabaseError), transaction.atomic():
        SettingChange.objects.update(value=99)
    with pytest.raises(DatabaseError), transaction.atomic():
        SettingChange.objects.all().delete()
    assert SettingChange.objects.get().value == 15


def test_every_default_passes_its_own_check() -> None:
    assert {name: rules.problem(s, s.default) for name, s in rules.SETTINGS.items()} == dict.fromkeys(rules.SETTINGS)
    assert rules.is_reminder_in_time(rules.DEFAULTS) is True
