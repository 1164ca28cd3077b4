"""The promises of conftest.py."""

import socket

import pytest
from django.db import DatabaseError, transaction

from carnet.audit import actions as audit
from carnet.audit.actors import WORKER
from carnet.audit.models import Entry
from carnet.kernel import append_only, clock
from tests.conftest import NetworkIsClosedError


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0)])
def test_the_network_is_closed(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as door, pytest.raises(NetworkIsClosedError, match=address[0]):
        door.connect(address)


def test_this_machine_is_open():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_files_and_clock_are_the_tests_own(tmp_path, settings):
    assert [settings.MEDIA_ROOT.parent, settings.CLOCK_FILE.parent] == [tmp_path, tmp_path]
    clock.put_forward(60)
    assert clock.ahead_seconds() == 60


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", [1, 2])
def test_a_flush_empties_append_only_tables_and_leaves_them_protected(round_):
    assert Entry.objects.count() == 0
    entry = audit.record("test.written", by=WORKER, at=clock.now())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).delete()
    assert append_only.unprotected() == []
