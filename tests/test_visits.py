"""Visitors who only look: nothing is written for them."""

import datetime
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carnet.kernel import clock
from carnet.people import tasks
from tests.addresses import EVERY, filled

pytestmark = pytest.mark.django_db


def test_case_G9_looking_at_public_pages_writes_nothing(rows: dict[str, Any]) -> None:
    written = []
    for name, route, _view, parameters in EVERY:
        with CaptureQueriesContext(connection) as captured:
            answer = Client().get("/" + filled(route, parameters, rows))
        statements = [one["sql"] for one in captured if not one["sql"].startswith(("SELECT", "EXPLAIN"))]
        if statements or "carnet_session" in answer.cookies:
            written.append((name, statements))
    assert written == []
    assert Session.objects.count() == 0


def test_case_G9_sessions_that_ended_are_cleared_at_night() -> None:
    now = clock.now()
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + datetime.timedelta(days=days))
    tasks.clear_sessions.call()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
