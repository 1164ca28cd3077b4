import pytest

from carnet.mail.models import OutgoingMail
from tests.factories.people import invited


@pytest.fixture
def mail(martins) -> OutgoingMail:
    """A mail as the outbox has it: Claire invites Léa."""
    invited(martins, "lea@example.org")
    return OutgoingMail.objects.latest("pk")
