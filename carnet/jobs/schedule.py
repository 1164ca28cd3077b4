"""Periodic work: declared beside the tasks, kept as rows, turned into jobs by whichever worker comes first."""

import datetime
from collections.abc import Mapping
from importlib import import_module

from django.apps import apps
from django.db import transaction
from django.utils.module_loading import module_has_submodule

from carnet.jobs import actions, queries
from carnet.jobs.declare import Daily, Every
from carnet.jobs.models import Schedule

Entries = Mapping[str, Every | Daily]


def declared() -> Entries:
    """Everything that the apps' `tasks.py` list in `SCHEDULE`, by the task's dotted name."""
    found: dict[str, Every | Daily] = {}
    for app in apps.get_app_configs():
        if app.module is not None and module_has_submodule(app.module, "tasks"):
            for entry in getattr(import_module(f"{app.name}.tasks"), "SCHEDULE", []):
                assert entry.task.name not in found, f"{entry.task.name} is scheduled twice"
                found[entry.task.name] = entry
    return found


def adopt(entries: Entries, *, at: datetime.datetime) -> None:
    """Make the rows follow what is declared: new and changed entries get their next moment, vanished ones go."""
    zone, new = queries.zone(), []
    with transaction.atomic():
        rows = {row.name: row for row in Schedule.objects.select_for_update()}
        Schedule.objects.filter(name__in=set(rows) - set(entries)).delete()
        for name, entry in entries.items():
            every = entry.seconds if isinstance(entry, Every) else None
            daily = entry.at if isinstance(entry, Daily) else None
            row = rows.get(name) or Schedule(name=name)
            if row.next_run_at is None or (row.every_seconds, row.daily_at) != (every, daily):
                row.every_seconds, row.daily_at = every, daily
                row.next_run_at = at if daily is None else row.next_after(at, zone)
                if name in rows:
                    row.save()
                else:
                    new.append(row)
        # A worker that starts at the same moment makes the same rows: whoever comes second waits here, and has them.
        Schedule.objects.bulk_create(new, ignore_conflicts=True)


def enqueue_due(entries: Entries, *, at: datetime.datetime) -> None:
    """Enqueue what is due and put its row forward, in one transaction: of several workers one does it."""
    for row in Schedule.objects.filter(next_run_at__lte=at, name__in=entries):
        following = row.next_after(at, queries.zone())
        with transaction.atomic():
            mine = Schedule.objects.filter(name=row.name, next_run_at=row.next_run_at)
            if mine.update(next_run_at=following, last_run_at=at):
                actions.enqueue(row.name, key=f"schedule:{row.name}", at=at)
