"""The mails of operations; whether to send is the action's to decide."""

import datetime

from django.conf import settings
from django.urls import reverse

from carnet.mail import actions as mail
from carnet.operations.models import VerificationRun
from carnet.people.models import Person

FAULTS_TOLD = 5


def faults_found(run: VerificationRun, owner: Person, *, at: datetime.datetime) -> None:
    """How many records don't agree, the first of them, and what to do."""
    mail.queue_mail(
        kind="operations/faults_found",
        key=f"verification:{run.pk}:{owner.pk}",
        to=owner.email,
        language=owner.language,
        context={
            "person": owner,
            "run": run,
            "faults": run.faults[:FAULTS_TOLD],
            "url": settings.SITE_URL + reverse("desk:operations:verification"),
            "contact_url": "",  # owners don't write to themselves
        },
        at=at,
    )
