import datetime

import pytest

from carnet.mail import queries
from carnet.mail.models import OutgoingMail
from tests.mail.conftest import NOON, hello

pytestmark = pytest.mark.django_db


def test_the_outbox_shows_the_newest_first():
    early = hello("a")
    late = hello("b", at=NOON + datetime.timedelta(minutes=1), to="hugo@example.org")
    twin = hello("c", at=NOON + datetime.timedelta(minutes=1), to="Claire.Martin@example.org")
    assert list(queries.mails_listed()) == [twin, late, early]
    assert list(queries.mails_listed(to="claire")) == [twin, early]
    assert list(queries.mails_listed(to="%")) == []
    OutgoingMail.objects.filter(pk=late.pk).update(state="failed")
    assert list(queries.mails_listed(state="waiting")) == [twin, early]
    assert list(queries.mails_failed()) == [late]
