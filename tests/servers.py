"""Servers for tests and benchmarks: a private PostgreSQL and Carnet behind its web server. Standard library only.

Each is a context manager that takes its server down and its files away, however the block ends.
"""

import contextlib
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent


def interrupt_on_terminate() -> None:
    """Let SIGTERM and a closed terminal unwind the blocks below, as Ctrl-C does."""

    def stop(number: int, _frame: Any) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)


def postgresql_programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs: Debian keeps initdb and pg_ctl off the PATH."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
    on_path = shutil.which("initdb")
    if on_path:
        folders.insert(0, str(Path(on_path).resolve().parent))
    return Path(folders[-1]) if folders else None


# The servers of this process that are no children of it, and what those that ended had taken of a processor.
running: set[int] = set()
ended: list[float] = []


def worked_seconds() -> float:
    """What the PostgreSQL servers of this process have taken of a processor, with all who were connected to them."""
    return sum(ended) + sum(map(processor_seconds, running))


def processor_seconds(pid: int) -> float:
    """Its own and its ended children's."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:  # ended, or no Linux
        return 0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A fresh PostgreSQL on a Unix socket, fast and forgetful; gives its DATABASE_URL for the database `carnet`."""
    programs = postgresql_programs()
    assert programs, "PostgreSQL is not installed"
    folder = Path(tempfile.mkdtemp(prefix="carnet-pg-"))
    # It refuses to run as root.
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        shutil.chown(folder, "postgres", "postgres")

    def run(program: str, *arguments: str) -> None:
        with open(folder.parent / f"{folder.name}.out", "w+") as output:
            try:
                command = [str(programs / program), *arguments]
                subprocess.run(command, check=True, cwd=folder, stdout=output, stderr=output, **user)
            except subprocess.CalledProcessError:
                output.seek(0)
                sys.stderr.write(output.read())
                raise
            finally:
                os.unlink(output.name)

    data = str(folder / "data")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    options += " -c max_connections=250"  # tests with 50 takers at once, two of them at the same time
    try:
        run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        try:
            run("pg_ctl", "start", "-w", "-D", data, "-l", str(folder / "log"), "-o", options)
            run("createdb", "-h", str(folder), "-U", "postgres", "carnet")
            running.add(pid := int((folder / "data" / "postmaster.pid").read_text().split()[0]))
            yield f"postgresql://postgres@/carnet?host={folder}"
            ended.append(processor_seconds(pid))
            running.discard(pid)
        finally:
            # Also after a start that was broken off half way.
            if (folder / "data" / "postmaster.pid").exists():
                run("pg_ctl", "stop", "-w", "-D", data, "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextlib.contextmanager
def web_server(application: str, environment: dict[str, str], seconds_to_start: float = 60) -> Iterator[str]:
    """`application` behind granian as in production, on a free port; gives its address without a final slash."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", application, "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "4", "--workers-kill-timeout", "5"]
    with tempfile.TemporaryFile("a+") as log:
        # A session of its own, so that Ctrl-C reaches it through the block below only, once.
        server = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=log, start_new_session=True
        )
        try:
            deadline = time.monotonic() + seconds_to_start
            # Both workers: one that is still importing disturbs measurements, and forgets to stop when told.
            while started(log) < 2:
                if server.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    raise RuntimeError(f"{application} did not start on port {port}:\n{log.read()}")
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def started(log: IO[str]) -> int:
    log.seek(0)
    return log.read().count("Started worker-")
