"""How much memory Carnet takes on a small server: its web server with two workers, and the worker in the background."""

import os
import re
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import Site, benchmark
from tests.factories.people import make_person
from tests.servers import ROOT, web_server

PAGES = ("/fr/", "/en/offers/", "/es/faq/", "/desk/queue/", "/desk/customers/", "/desk/orders/", "/desk/jobs/")
ROUNDS = 20


@benchmark("memory of web (2 workers) and worker", at_most=350, unit="MB")
def memory(_site: Site) -> float:
    """After some hundred pages; what its processes share counts once."""
    worker = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), "work"], cwd=ROOT)
    try:
        with web_server("carnet.wsgi:application", dict(os.environ)) as address:
            own = Site(address)
            cookies = own.sign_in(make_person("Alix Nadeau", staff="owner"))
            for page in PAGES * ROUNDS:
                own.ask(page, cookies=cookies)
            return sum(map(_bytes_of, [worker.pid, *_children_of(os.getpid())])) / 1e6
    finally:
        worker.terminate()
        worker.wait(timeout=30)


def _children_of(pid: int) -> list[int]:
    """The processes below this one that run the web server."""
    below, found = {pid}, []
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            parent = int(re.search(r"PPid:\s+(\d+)", (folder / "status").read_text()).group(1))  # type: ignore[union-attr]
            command = (folder / "cmdline").read_text()
        except OSError:
            continue
        if parent in below:
            below.add(int(folder.name))
            if "carnet.wsgi" in command:
                found.append(int(folder.name))
    return found


def _bytes_of(pid: int) -> int:
    """Its share of the memory: what several processes share is divided among them."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * sum(map(int, re.findall(r"^Pss:\s+(\d+) kB", rollup, re.M)))
