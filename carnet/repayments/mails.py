"""The mails about money that goes back; whether to send is the action's to decide."""

import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from carnet.mail import actions as mail
from carnet.mail.rules import Letter
from carnet.people import queries as people
from carnet.repayments.models import Repayment
from carnet.repayments.shown import repayment_words
from carnet.web import formats


def money_sent(repayment: Repayment, *, at: datetime.datetime) -> None:
    """It was sent, by which way and when; to each holder."""
    _to_holders("money_sent", repayment, at=at)


def refused_by_service(repayment: Repayment, *, at: datetime.datetime) -> None:
    """The payment service won't send it: it comes by transfer, and the account is asked for; owners are told why."""
    _to_holders("refused", repayment, at=at)
    for owner in people.owners():
        with translation.override(owner.language):
            why = repayment_words.why(repayment)
        url = reverse("desk:repayments:repayment", args=[repayment.pk])
        context = {
            "person": owner, "customer": repayment.customer, "why": why,
            "amount": formats.money(repayment.amount_cents, owner.language), "url": settings.SITE_URL + url,
            "contact_url": "",  # owners don't write to themselves
        }  # fmt: skip
        letter = Letter("repayments/refused_owner", to=owner.email, language=owner.language, context=context)
        mail.queue_mail(letter, key=f"repayment:{repayment.pk}:refused_owner:{owner.pk}", at=at)


def _to_holders(name: str, repayment: Repayment, *, at: datetime.datetime) -> None:
    for holder in people.holders_of(repayment.customer):
        with translation.override(holder.language):
            context: dict[str, Any] = {
                "person": holder, "customer": repayment.customer,
                "amount": formats.money(repayment.amount_cents, holder.language),
                "way": repayment_words.way(repayment, holder.language),
                "needs_account": repayment_words.needs_account(repayment),
                "url": settings.SITE_URL + reverse("my:repayments:repayments"),
            }  # fmt: skip
        letter = Letter(
            f"repayments/{name}", to=holder.email, language=holder.language, context=context,
            thread=f"repayment:{repayment.pk}",
        )  # fmt: skip
        mail.queue_mail(letter, key=f"repayment:{repayment.pk}:{name}:{holder.pk}", at=at)
