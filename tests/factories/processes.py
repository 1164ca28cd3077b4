"""Other processes and threads on the database of the test that starts them; the test needs `transaction=True`."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from django.db import connection, connections

ROOT = Path(__file__).resolve().parent.parent.parent
Result = TypeVar("Result")


def database_url() -> str:
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    password = f":{quote(known['PASSWORD'], safe='')}" if known["PASSWORD"] else ""
    return f"postgresql://{known['USER']}{password}@/{known['NAME']}?host={known['HOST']}&port={known['PORT']}"


def start(script: str, folder: Path, *arguments: object) -> subprocess.Popen[str]:
    """Run `script` with Django set up; `arguments` are its `sys.argv[1:]`."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "CARNET_TEST_VAR": str(folder),
    }
    command = [sys.executable, "-c", f"import django\ndjango.setup()\n{script}", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def answer_of(process: subprocess.Popen[str], timeout: int = 600) -> Any:
    """What the process printed, as JSON; it must have ended well."""
    printed, _ = process.communicate(timeout=timeout)
    assert process.returncode == 0, printed
    return json.loads(printed)


def all_at_once(acts: list[Callable[[], Result]]) -> list[Result | Exception]:
    """Each act in a thread and a connection of its own, let loose at the same moment; what they return or raise."""
    results: list[Result | Exception | None] = [None] * len(acts)
    ready = threading.Barrier(len(acts))

    def run(index: int) -> None:
        try:
            connection.ensure_connection()
            ready.wait(timeout=300)
            results[index] = acts[index]()
        except Exception as raised:  # noqa: BLE001 - handed to the test
            results[index] = raised
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[index]) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=600)
    return results  # type: ignore[return-value]
