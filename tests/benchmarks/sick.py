"""Benchmarks that do not end well, for test_run.py."""

import os
import sys
import time

from benchmarks.measure import Site, benchmark


@benchmark("breaks down", at_most=1, unit="s")
def breaks_down(site: Site) -> float:
    raise RuntimeError("it has no cover")


@benchmark("goes on", at_most=1, unit="s")
def goes_on(site: Site) -> float:
    sys.stderr.write(f"served at {site.address}\n")
    time.sleep(float(os.environ.get("SICK_SECONDS", "0")))
    return 0.5


@benchmark("elsewhere", on=("postgresql",))
def elsewhere(site: Site) -> float:
    return 0
