"""The mails to owners about their account at the payment service; whether to send is the action's to decide."""

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from carnet.kernel import references
from carnet.mail import actions as mail
from carnet.mail.rules import Letter
from carnet.payments import shown
from carnet.payments.models import AccountComparison, Checkout, Difference, OnlineRefund
from carnet.people.models import Person
from carnet.web import formats

DIFFERENCES_TOLD = 5


def refund_seen(refund: OnlineRefund, checkout: Checkout, owner: Person, *, at: datetime.datetime) -> None:
    """Somebody sent money back in the service's own pages: what is left to do in Carnet."""
    page = reverse("desk:till:order", args=[checkout.cause_id])
    letter = Letter(
        "payments/refund_seen",
        to=owner.email,
        language=owner.language,
        context={
            "person": owner,
            "amount": formats.money(refund.amount_cents, owner.language),
            "day": formats.day(refund.refunded_on, owner.language),
            "reference": references.grouped(checkout.reference),
            "url": settings.SITE_URL + page,
            "contact_url": "",  # owners don't write to themselves
        },
    )
    mail.queue_mail(letter, key=f"online_refund:{refund.pk}:{owner.pk}", at=at)


def differences_found(
    run: AccountComparison, news: Sequence[Difference], owner: Person, *, at: datetime.datetime
) -> None:
    """What the comparison with the account found that is new: the first of it, and where all of it stands."""
    with translation.override(owner.language):
        sentences = [shown.difference_sentence(one) for one in news[:DIFFERENCES_TOLD]]
    letter = Letter(
        "payments/differences_found",
        to=owner.email,
        language=owner.language,
        context={
            "person": owner,
            "run": run,
            "count": len(news),
            "sentences": sentences,
            "url": settings.SITE_URL + reverse("desk:payments:differences"),
            "contact_url": "",
        },
    )
    mail.queue_mail(letter, key=f"account_comparison:{run.pk}:{owner.pk}", at=at)
