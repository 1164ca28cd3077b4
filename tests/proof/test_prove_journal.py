"""`bin/prove_journal` comes to the same by itself: it imports nothing of Carnet."""

import ast
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from carnet.invoices import actions as invoices
from carnet.invoices.models import Invoice
from carnet.proof import tasks
from tests.factories.catalogue import put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import open_shop, pay, place
from tests.factories.processes import ROOT
from tests.factories.tickets import close, make_ticket, work_on

pytestmark = pytest.mark.django_db
SCRIPT = ROOT / "bin" / "prove_journal"


@pytest.fixture
def export(martins, claire, hugo, awa, tmp_path) -> Path:
    """Two packs sold, one ticket worked on and paid, one open."""
    open_shop()
    for at in ("2027-02-26 12:00", "2027-03-01 12:00"):
        pay(place(claire, put_on_sale(), at), at=at)
        invoices.make_document(Invoice.objects.latest("pk").pk, at=moment(at))
    ticket = make_ticket(claire, at=moment("2027-03-02 12:00"))
    work_on(ticket, awa, 12, since=moment("2027-03-02 12:10"))
    close(ticket, at=moment("2027-03-02 12:30"))
    make_ticket(hugo, at=moment("2027-03-02 13:00"))
    tasks.verify.call()
    out = io.StringIO()
    call_command("export_journal", stdout=out)
    path = tmp_path / "journal.jsonl"
    path.write_text(out.getvalue(), "utf-8")
    (tmp_path / "keys").write_text("\n".join(f"{version}:{key}" for version, key in settings.BOOKS_KEYS.items()))
    return path


def prove(path: Path, *options: str) -> tuple[int, list[str]]:
    result = subprocess.run([sys.executable, SCRIPT, path, *options], capture_output=True, text=True, check=False)
    assert result.stderr == ""
    return result.returncode, result.stdout.splitlines()


def with_everything(path: Path) -> tuple[int, list[str]]:
    return prove(path, "--keys", str(path.parent / "keys"), "--heads", str(settings.HEADS_FILE))


def changed(path: Path, table: str, place: int, **changes: object) -> None:
    """The export with these changes of one row: of its fields if it has any."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    row = [row for row in rows if row["table"] == table][place]
    (row["fields"] if "fields" in row and not set(changes) & {"hash", "hash_before"} else row).update(changes)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def test_it_imports_nothing_of_ours():
    tree = ast.parse(SCRIPT.read_text("utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {node.module if isinstance(node, ast.ImportFrom) else node.names[0].name for node in imports}
    assert names <= sys.stdlib_module_names


def test_all_agrees(export):
    records = len(export.read_text("utf-8").splitlines())
    assert with_everything(export) == (0, [f"prove_journal: {records} records read, faults: 0"])
    told = f"prove_journal: {records} records read, the sales journal without its keys, faults: 0"
    assert prove(export) == (0, [told])


TAMPERED = [
    ("movement", 1, {"quantity": 2}, "customer {customer}, line 2: it was changed after it was written"),
    ("movement", 1, {"sequence": 3}, "customer {customer}, line 3: line 2 is missing, or there twice"),
    (
        "movement",
        1,
        {"hash_before": "0" * 64},
        "customer {customer}, line 2: it does not follow from the line before it",
    ),
    ("lot", 0, {"available": 99}, "customer {customer}: lot {lot} does not hold what the journal tells"),
    ("lot", 0, {"last_day": "2099-01-01"}, "customer {customer}: lot {lot} ends on another day than the journal tells"),
    ("ledger", 0, {"count": 1}, "customer {customer}: head and journal differ; lines at the end may be missing"),
    ("line", 1, {"label": "tokens-1"}, "books, line 2: it was changed after it was written"),
    ("line", 1, {"gross_cents": 1}, "books, line 2: net and VAT are not the gross amount"),
    ("line", 1, {"key_version": 2}, "books, line 2: the key of version 2 is missing"),
    ("line", 1, {"sequence": 9}, "books, line 9: line 2 is missing, or there twice"),
    ("books", 0, {"count": 1}, "books: head and journal differ; lines at the end may be missing"),
]


def test_tampered_copies(export, martins):
    whole = export.read_text("utf-8")
    lot = json.loads(next(line for line in whole.splitlines() if '"table":"lot"' in line))["id"]
    for table, number, changes, fault in TAMPERED:
        changed(export, table, number, **changes)
        code, told = with_everything(export)
        assert (code, fault.format(customer=martins.pk, lot=lot) in told) == (1, True), told
        export.write_text(whole, "utf-8")


def test_an_older_copy(export, martins):
    """Everything in it agrees; only the file outside the database knows that there was more."""
    rows = [json.loads(line) for line in export.read_text("utf-8").splitlines()]
    lines = [row for row in rows if row["table"] == "line"]
    kept = [row for row in rows if row["table"] != "line" or row["fields"]["sequence"] < len(lines)]
    for row in kept:
        if row["table"] == "books":
            row.update(count=len(lines) - 1, head=lines[-2]["hash"])
    export.write_text("".join(json.dumps(row) + "\n" for row in kept), "utf-8")
    assert prove(export, "--keys", str(export.parent / "keys"))[0] == 0
    code, told = with_everything(export)
    known = f"books, line {len(lines)}: the file of the ends knows another one, or more"
    assert (code, told[0]) == (1, known)


def test_a_file_of_ends_that_was_changed(export):
    settings.HEADS_FILE.write_text(settings.HEADS_FILE.read_text().replace('"rows":{', '"rows":{"a":1,'))
    code, told = with_everything(export)
    assert (code, told[0]) == (1, "file of the ends, line 1: it was changed after it was written")
