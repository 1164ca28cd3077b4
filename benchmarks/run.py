"""Runs the benchmarks on the database of this process and prints {name: figure} as JSON. Called by bin/bench."""

import importlib
import json
import os
import sys
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

from tests.servers import web_server


def main() -> None:
    django.setup()
    measure = importlib.import_module("benchmarks.measure")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    for name in sys.argv[1:] or sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py")):
        importlib.import_module(f"benchmarks.{name}")
    database = connection.vendor
    figures = {}
    with web_server("benchmarks.wsgi:application", dict(os.environ)) as address:
        site = measure.Site(address)
        for benchmark in measure.ALL:
            if database in benchmark.on:
                print(f"{database}: {benchmark.name}", file=sys.stderr, flush=True)
                figures[benchmark.name] = benchmark.run(site)
    rows = [(b.name, figures.get(b.name), b.unit, b.target, b.is_met(figures.get(b.name, 0))) for b in measure.ALL]
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
