"""The mail of a verification; whether to send is the action's to decide."""

import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from carnet.mail import actions as mail
from carnet.mail.rules import Letter
from carnet.people.models import Person
from carnet.proof.models import VerificationRun
from carnet.proof.shown import faults

FAULTS_TOLD = 5


def faults_found(run: VerificationRun, owner: Person, *, at: datetime.datetime) -> None:
    """How many records don't agree, the first of them, and what to do."""
    with translation.override(owner.language):
        sentences = [faults.sentence(fault) for fault in run.first_faults()[:FAULTS_TOLD]]
    letter = Letter(
        "proof/faults_found",
        to=owner.email,
        language=owner.language,
        context={
            "person": owner,
            "run": run,
            "faults": sentences,
            "url": settings.SITE_URL + reverse("desk:proof:verification"),
            "contact_url": "",  # owners don't write to themselves
        },
    )
    mail.queue_mail(letter, key=f"verification:{run.pk}:{owner.pk}", at=at)
