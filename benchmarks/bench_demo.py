"""How long somebody waits who tries Carnet for the first time, all invented people included."""

import os
import signal
import subprocess
import sys
import tempfile
import time

from benchmarks.measure import Site, benchmark
from tests.servers import ROOT, free_port


@benchmark("bin/demo until its address is shown", at_most=90, unit="s", on=("sqlite",))
def demo(site: Site) -> float:
    with tempfile.TemporaryDirectory(prefix="carnet-demo-") as folder:
        command = [sys.executable, str(ROOT / "bin" / "demo"), "--port", str(free_port()), "--var", folder]
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert process.stdout is not None
        try:
            if not any(line.startswith("Carnet's demo:") for line in process.stdout):
                raise RuntimeError("bin/demo did not start.")
            return time.perf_counter() - start
        finally:
            os.kill(process.pid, signal.SIGINT)
            process.communicate(timeout=30)
