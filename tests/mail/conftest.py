import datetime
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from carnet.mail import actions as mail
from carnet.mail.models import OutgoingMail
from carnet.mail.rules import Letter
from tests.mail.postbox import Postbox, postbox

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _own_templates(settings: Any) -> None:
    """The mail «try/hello», made for tests."""
    templates = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**templates, "DIRS": [*templates["DIRS"], Path(__file__).parent / "templates"]}]


@pytest.fixture
def box(settings: Any) -> Iterator[Postbox]:
    """A live site whose mail server is a postbox on this machine."""
    with postbox() as server:
        settings.MAIL_LEAVES = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.DEFAULT_FROM_EMAIL = "Carnet <help@example.org>"
        yield server


HELLO = Letter(
    "try/hello",
    to="claire@example.org",
    language="fr",
    context={"name": "Claire", "url": "https://example.org/?a=1&b=2"},
)


def hello(key: str = "hello:1", *, at: datetime.datetime = NOON, **changes: Any) -> OutgoingMail:
    """Queue the mail of the tests, to Claire at noon."""
    return mail.queue_mail(replace(HELLO, **changes), key=key, at=at)
