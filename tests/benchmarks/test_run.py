"""A benchmark that fails takes nothing along: the others are measured, and no server runs on (case K3)."""

import json
import os
import re
import runpy
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT


def start(var: Path, **more: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CARNET_", "DATABASE_"))}
    environment = {**kept, "CARNET_MODE": "demo", "CARNET_VAR": str(var), "DJANGO_SETTINGS_MODULE": "carnet.settings"}
    command = [sys.executable, "-m", "benchmarks.run", "tests.benchmarks.sick"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment | more, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def is_served(address: str) -> bool:
    try:
        socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=2).close()
    except OSError:
        return False
    return True


def test_case_K3_what_was_measured_is_printed_and_nothing_runs_on(tmp_path: Path) -> None:
    process = start(tmp_path)
    output, errors = process.communicate(timeout=240)
    assert json.loads(output.splitlines()[-1]) == [
        ["breaks down", "failed", "s", "≤ 1 s", False],
        ["goes on", 0.5, "s", "≤ 1 s", True],
        ["elsewhere", None, "", "–", True],
    ]
    assert process.returncode == 1
    assert "it has no cover" in errors
    found = re.search(r"served at (\S+)", errors)
    assert found
    assert not is_served(found[1])


def test_case_K3_broken_off_it_leaves_no_server(tmp_path: Path) -> None:
    process = start(tmp_path, SICK_SECONDS="600")
    assert process.stderr is not None
    address = next(line.split()[-1] for line in process.stderr if line.startswith("served at "))
    assert is_served(address)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert not is_served(address)


def test_case_K3_the_table_shows_what_failed_and_what_runs_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    bench = runpy.run_path(str(ROOT / "bin" / "bench"), run_name="bench")
    sqlite = {"a": [0.5, "s", "≤ 1 s", True], "b": ["failed", "s", "≤ 1 s", False], "c": [None, "", "–", True]}
    assert bench["table"]({"sqlite": sqlite, "postgresql": {"a": [0.7, "s", "≤ 1 s", True]}}) is False
    lines = [re.split(r"\s{2,}", line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["name", "sqlite", "postgresql", "target", "met"],
        ["a", "0.5 s", "0.7 s", "≤ 1 s", "yes"],
        ["b", "failed", "–", "≤ 1 s", "NO"],
        ["c", "–", "–", "–", "yes"],
    ]
