import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.catalogue import queries, rules
from carnet.catalogue.models import Edition, EditionWithdrawal, Offer, VatCheck, VatCheckDetails
from carnet.catalogue.vies import interface as vies
from carnet.kernel.refused import Refused
from carnet.provider import queries as provider


class ValidityTooShort(Refused):
    """L3: a pack is valid for 6 months at least."""

    code = "catalogue.validity_too_short"
    field = "validity_months"


class TooFewToShare(Refused):
    """L9: packs of tokens are shared from 20 tokens on."""

    code = "catalogue.too_few_to_share"
    field = "shared"


class EditionNotOnSale(Refused):
    code = "catalogue.edition_not_on_sale"


@transaction.atomic
def describe_offer(
    *,
    code: str,
    kind: str,
    position: int,
    name: dict[str, str],
    summary: dict[str, str],
    includes: dict[str, str],
    by: Actor,
    at: datetime.datetime,
) -> Offer:
    """Name an offer and say what it includes, in three languages; `includes` has one line for each thing.

    The same code again rewords the offer. Its kind never changes, because editions and orders rely on it.
    """
    offer = Offer.objects.select_for_update().filter(code=code).first() or Offer(code=code, kind=kind)
    if offer.kind != kind:
        raise ValueError(f"{code} is an offer of {offer.kind}, not of {kind}")
    offer.position, offer.name, offer.summary, offer.includes = position, name, summary, includes
    offer.full_clean()
    offer.save()
    audit.record("offer.described", by=by, at=at, subject=("offer", offer.pk))
    return offer


@transaction.atomic
def publish_edition(
    *,
    offer: Offer,
    contents: rules.Contents,
    price_cents: int,
    vat_permille: int,
    by: Actor,
    at: datetime.datetime,
) -> Edition:
    """Put a new edition of an offer on sale; the one sold until then is withdrawn at the same moment.

    `price_cents` includes VAT. Refused: ValidityTooShort (L3), TooFewToShare (L9).
    """
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.is_pack and not rules.may_publish_validity(contents.validity_months):
        raise ValidityTooShort(months=rules.LEAST_MONTHS)
    tokens = contents.quantity if offer.kind == Offer.Kind.TOKENS else None
    if contents.shared and not rules.may_be_shared(tokens=tokens):
        raise TooFewToShare(tokens=rules.LEAST_SHARED_TOKENS)
    last = offer.editions.order_by("-number").first()
    edition = Edition(
        offer=offer,
        number=last.number + 1 if last else 1,
        quantity=contents.quantity,
        validity_months=contents.validity_months,
        shared=contents.shared,
        token_minutes=contents.token_minutes,
        price_cents=price_cents,
        vat_permille=vat_permille,
        published_at=max(at, last.published_at) if last else at,
    )
    for former in offer.editions.filter(withdrawal=None):
        _withdraw(former, by=by, at=edition.published_at)
    edition.full_clean()
    edition.save(force_insert=True)
    audit.record(
        "edition.published", by=by, at=edition.published_at, subject=("edition", edition.pk), price_cents=price_cents
    )
    return edition


@transaction.atomic
def withdraw_edition(*, edition: Edition, by: Actor, at: datetime.datetime) -> EditionWithdrawal:
    """Sell this edition no longer; what was sold of it stays valid. Refused: EditionNotOnSale, if it was before."""
    Offer.objects.select_for_update().get(pk=edition.offer_id)
    if EditionWithdrawal.objects.filter(edition=edition).exists():
        raise EditionNotOnSale()
    return _withdraw(edition, by=by, at=max(at, edition.published_at))


def _withdraw(edition: Edition, *, by: Actor, at: datetime.datetime) -> EditionWithdrawal:
    audit.record("edition.withdrawn", by=by, at=at, subject=("edition", edition.pk))
    return EditionWithdrawal.objects.create(edition=edition, at=at)


MOST_ASKED, MOST_ASKED_WITHIN = 60, datetime.timedelta(minutes=10)


def check_vat_number(*, number: str, at: datetime.datetime) -> VatCheck:
    """Ask VIES about a VAT number in its plain form, and keep the answer as proof; what it said a moment ago is not
    asked again. No transaction may be open.

    VIES shuts out who asks too much: beyond 60 numbers in 10 minutes none is asked, as if VIES were away.
    """
    known = queries.vat_check_just_made(number, at)
    if known is not None:
        return known
    requester = provider.company().vat_number
    if VatCheck.objects.filter(at__gt=at - MOST_ASKED_WITHIN).count() < MOST_ASKED:
        answer = vies.ask_about(number, requester=requester)
    else:
        answer = rules.VatAnswer("unreachable", "too_many")
    with transaction.atomic():
        check = VatCheck.objects.create(
            outcome=answer.outcome, code=answer.code, consultation=answer.consultation, requester=requester, at=at
        )
        VatCheckDetails.objects.create(vat_check=check, number=number, name=answer.name, address=answer.address)
    return check
