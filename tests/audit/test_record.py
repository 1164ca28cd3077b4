import datetime

import pytest
from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import VISITOR, WORKER, Actor, system
from carnet.audit.models import Entry

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)

pytestmark = pytest.mark.django_db


def test_it_is_written_down_who_did_what_to_what_and_when():
    agent = Actor("team", 3, "agent 3")
    audit.record(
        "ticket.closed", by=agent, at=NOON, subject=("ticket", 12), customer_id=7, price_tokens=1, how="solved"
    )
    entry = Entry.objects.get()
    assert (entry.code, entry.at) == ("ticket.closed", NOON)
    assert (entry.actor_kind, entry.actor_id, entry.actor_label) == ("team", 3, "agent 3")
    assert (entry.subject_kind, entry.subject_id, entry.customer_id) == ("ticket", 12, 7)
    assert entry.details == {"price_tokens": 1, "how": "solved"}


@pytest.mark.parametrize(
    ("by", "kind", "label"),
    [(WORKER, "system", "worker"), (VISITOR, "visitor", "visitor"), (system("demo"), "system", "demo")],
)
def test_who_acts_need_be_no_person(by, kind, label):
    entry = audit.record("mail.retried", by=by, at=NOON)
    entry.refresh_from_db()
    assert (entry.actor_kind, entry.actor_id, entry.actor_label) == (kind, None, label)
    assert (entry.subject_kind, entry.subject_id, entry.customer_id, entry.details) == ("", None, None, {})


def test_what_is_rolled_back_was_not_done():
    with transaction.atomic():
        audit.record("ticket.closed", by=WORKER, at=NOON)
        transaction.set_rollback(True)
    assert Entry.objects.count() == 0


def test_details_are_plain_values():
    with pytest.raises(TypeError, match="JSON"), transaction.atomic():
        audit.record("ticket.closed", by=WORKER, at=NOON, moment=NOON)
    assert Entry.objects.count() == 0
