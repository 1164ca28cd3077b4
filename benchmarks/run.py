"""Runs the benchmarks of some files on the database of this process. Called by bin/bench, once for each file.

Its last line is JSON: for each benchmark its name, figure (none if it failed), unit, target, and whether it met that.
What failed is told at once and stops nothing else.
"""

import importlib
import json
import os
import sys
import traceback
from typing import Any

import django
from django.core.management import call_command
from django.db import connection

from tests import servers


def main() -> int:
    # Told to stop, it takes its web server down.
    servers.interrupt_on_terminate()
    django.setup()
    measure = importlib.import_module("benchmarks.measure")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    for name in sys.argv[1:]:
        importlib.import_module(name if "." in name else f"benchmarks.{name}")
    database = connection.vendor
    figures: dict[str, float | None] = {}
    with servers.web_server("benchmarks.wsgi:application", dict(os.environ)) as address:
        site = measure.Site(address)
        for benchmark in measure.ALL:
            if database in benchmark.on:
                print(f"{database}: {benchmark.name}", file=sys.stderr, flush=True)
                figures[benchmark.name] = _measured(benchmark, site)
    print(json.dumps([_row(benchmark, figures) for benchmark in measure.ALL]))
    return 1 if None in figures.values() else 0


def _measured(benchmark: Any, site: Any) -> float | None:
    """Its figure; None if it failed, which leaves the others to be measured."""
    try:
        return float(benchmark.run(site))
    except Exception:  # noqa: BLE001 - told here, counted as not met
        traceback.print_exc()
        return None


def _row(benchmark: Any, figures: dict[str, float | None]) -> tuple[object, ...]:
    """`figure` is missing for a database that it does not run on, and «failed» if it did not come to an end."""
    if benchmark.name not in figures:
        return benchmark.name, None, benchmark.unit, benchmark.target, True
    figure = figures[benchmark.name]
    if figure is None:
        return benchmark.name, "failed", benchmark.unit, benchmark.target, False
    return benchmark.name, figure, benchmark.unit, benchmark.target, benchmark.is_met(figure)


if __name__ == "__main__":
    sys.exit(main())
