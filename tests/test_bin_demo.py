"""The command that everybody tries first, as they do: from nothing to a page, and away again without a trace.

bin/test runs this file once, on SQLite, since the demo brings its own database.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import ROOT, free_port


def start(var: Path, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "bin" / "demo"), "--port", str(port), "--var", str(var)]
    # Its own session, as a terminal gives it: what is left of the session afterwards would be an orphan.
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


def lines_until_announced(demo: subprocess.Popen[str]) -> Iterator[str]:
    assert demo.stdout is not None
    for line in demo.stdout:
        yield line
        if line.startswith("Carnet's demo:"):
            return


def page(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def processes_of(var: Path) -> list[str]:
    """Command lines of everything that was started with this folder in its environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"CARNET_VAR={var}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except (OSError, ValueError):
            continue
    return found


@pytest.mark.timeout(900)
def test_from_nothing_to_a_page_and_away(tmp_path):
    port = free_port()
    with start(tmp_path, port) as demo:
        try:
            said = list(lines_until_announced(demo))
            status, text = page(port, "/fr/")
            _status, outbox = page(port, "/demo/outbox/")
            paypal_port = int((tmp_path / "paypal-port").read_text())
            paypal = page(paypal_port, "/?language=fr")
            running = processes_of(tmp_path)
            account = json.loads((tmp_path / "paypal.json").read_text())
        finally:
            os.kill(demo.pid, signal.SIGINT)
            rest = demo.stdout.read() if demo.stdout else ""
    assert demo.returncode == 0
    assert said[-1] == f"Carnet's demo: http://127.0.0.1:{port}  (Ctrl-C stops it)\n"
    assert "example.org" in rest
    assert (status, '<html lang="fr"' in text) == (200, True)
    # Its mails are there at once; none waits for the worker.
    assert outbox.count('href="/demo/outbox/') >= 25
    # Everybody can pay at once, and nobody takes it for PayPal itself.
    assert f"Its PayPal, which moves no money: http://127.0.0.1:{paypal_port}\n" in rest
    assert (paypal[0], "Ceci n’est pas PayPal" in paypal[1]) == (200, True)
    assert len(running) >= 4
    # It has been paid already, and its notices come to this Carnet.
    statuses = sorted(one["status"] for one in account["captures"].values())
    assert statuses == ["COMPLETED"] * 3 + ["PARTIALLY_REFUNDED"]
    (webhook,) = account["webhooks"].values()
    assert webhook["url"] == f"http://127.0.0.1:{port}/paypal/notices/"
    # Nobody asked it before it ran.
    with contextlib.closing(sqlite3.connect(tmp_path / "carnet.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM payments_failedcall").fetchone() == (0,)
    assert processes_of(tmp_path) == []


def test_a_taken_port_is_told(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        command = [sys.executable, str(ROOT / "bin" / "demo"), "--port", str(port), "--var", str(tmp_path)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == f"Port {port} can't be used (Address already in use). Try: bin/demo --port {port + 1}\n"
    assert list(tmp_path.iterdir()) == []
