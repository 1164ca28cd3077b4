"""What pays for a ticket: opened with it, extended while it is worked on, agreed to, found once it waits."""

import datetime
from typing import cast

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel import sql
from carnet.kernel.keys import Cause
from carnet.kernel.refused import Refused
from carnet.ledger import actions as ledger
from carnet.ledger.models import CustomerLedger
from carnet.people.models import Customer, Person
from carnet.work import queries, rules
from carnet.work.actions import holding
from carnet.work.models import Cover, PaidTime
from carnet.work.queries import PAID_MEANS


class MeansNotOnOffer(Refused):
    """Tickets can't be paid by these means yet."""

    code = "work.means_not_on_offer"


class CoverEnded(Refused):
    """What has ended is not extended any more."""

    code = "work.cover_ended"


class CeilingOutOfRange(Refused):
    """A ticket may take 1 to 100 tokens, or 15 to 6,000 minutes, without asking."""

    code = "work.ceiling_out_of_range"
    field = "ceiling"


@transaction.atomic
def open_cover(
    *,
    cause: Cause,
    customer: Customer,
    person: Person,
    means: str,
    then: str = "",
    ceiling: int | None = None,
    asks_first: bool = False,
    by: Actor,
    at: datetime.datetime,
) -> Cover:
    """T1, H4, F1, F2: reserve what pays for a new ticket: all free minutes that are left, or one token, or 30 minutes.

    Never refuses for lack of units: then the cover waits, and the caller tells so (T15). Free minutes that nobody
    opened yet are opened now, if the customer may have them. `then` is the consent to tokens or minutes when the free
    minutes end. `ceiling` is how many tokens or minutes may be taken without asking again, ⚙ token_ceiling or
    ⚙ minute_ceiling if nothing else is said. `asks_first`: it waits for somebody to agree, whatever is there (T6). The
    same cause again gives the first cover. Refuses `MeansNotOnOffer` and `CeilingOutOfRange`.
    """
    if means not in (*PAID_MEANS, Cover.Means.TRIAL, Cover.Means.NONE) or then not in ("", *PAID_MEANS):
        raise MeansNotOnOffer
    paid_means = means if means in PAID_MEANS else then
    if ceiling is not None and paid_means:
        _refuse_unless_in_range(paid_means, ceiling)
    same_cause = sql.rows(Cover, rest="WHERE cause_kind = %s AND cause_id = %s", values=[cause.kind, cause.id])
    _, (before,) = CustomerLedger.objects.lock_and(customer.pk, same_cause)
    if before:
        return cast(Cover, before[0])
    cover = Cover(
        cause_kind=cause.kind, cause_id=cause.id, customer=customer, person=person, state=Cover.State.WAITING,
        means=Cover.Means.NONE, token_ceiling=0, opened_at=at, waiting_since=at, waits_for=Cover.WaitsFor.UNITS,
        asks_first=asks_first, wants_free=not asks_first and means in (Cover.Means.TRIAL, Cover.Means.NONE),
    )  # fmt: skip
    if paid_means:
        _set_ceiling(cover, paid_means, ceiling or queries.usual_ceiling(paid_means))
    sql.carry_out(sql.new(cover))
    is_covered = False
    if means == Cover.Means.TRIAL:
        holding.open_trial_if_due(customer, person, by=by, at=at)
        is_covered = holding.reserve_free_minutes(cover, by=by, at=at)
    is_covered = is_covered or holding.reserve_next(cover, by=by, at=at)
    holding.set_state(cover, is_covered=is_covered, at=at)
    audit.record(
        "cover.opened", by=by, at=at, subject=("cover", cover.pk), customer_id=customer.pk,
        cause=[cause.kind, cause.id], means=cover.means, covered=is_covered,
    )  # fmt: skip
    return cover


@transaction.atomic
def extend_paid_time(*, cover: Cover, used_seconds: int, by: Actor, at: datetime.datetime) -> Cover:
    """F2, F3, H4, T4, T5: the paid time is used up at `at`: reserve what comes next if that was agreed to, else wait.

    `used_seconds` is the charged time so far: if more than that is paid by now, somebody was quicker and nothing
    happens. `at` is when the paid time ended, though the worker may come later: what is worked from then on is
    paid. Refuses what has ended.
    """
    cover = _locked(cover)
    if cover.is_waiting or queries.paid_seconds_in_all(cover) > used_seconds:
        return cover
    is_covered = holding.reserve_next(cover, by=by, at=at)
    holding.set_state(cover, is_covered=is_covered, at=at)
    audit.record(
        "cover.extended" if is_covered else "cover.used_up", by=by, at=at, subject=("cover", cover.pk),
        customer_id=cover.customer_id, used_seconds=used_seconds,
    )  # fmt: skip
    return cover


@transaction.atomic
def resume_cover(*, cover: Cover, used_seconds: int, by: Actor, at: datetime.datetime) -> Cover:
    """T14: what waits for units or consent is covered again at once if less was charged by now than is paid, because
    time was corrected.

    `used_seconds` is the charged time so far. Nothing changes if all that is paid was used. Refuses what has ended.
    """
    cover = _locked(cover)
    if not cover.is_waiting or queries.paid_seconds_in_all(cover) <= used_seconds:
        return cover
    holding.set_state(cover, is_covered=True, at=at)
    audit.record(
        "cover.resumed", by=by, at=at, subject=("cover", cover.pk), customer_id=cover.customer_id, means=cover.means,
        used_seconds=used_seconds,
    )  # fmt: skip
    return cover


@transaction.atomic
def set_ceiling(*, cover: Cover, means: str, ceiling: int, by: Actor, at: datetime.datetime) -> Cover:
    """T4, H4, H5: let the cover take tokens or minutes up to `ceiling` in all without asking; somebody said so who may
    (`rules.may_consent`).

    That is the consent to a further token («up to 2»), to more minutes, and to mixing both. What waits takes the next
    units now and goes on at once; what is covered takes them when its paid time ends, and not before. Lower than
    what it has taken: it gives nothing back now, and takes no more, reopened neither. The same twice changes nothing.
    Refuses `CeilingOutOfRange`, what has ended, and NotEnoughUnits if it waits and there are none to take: then the
    ceiling stays as it was, for those that are bought are taken anyway (`cover_waiting`).
    """
    _refuse_unless_in_range(means, ceiling)
    cover = _locked(cover)
    before, had = queries.ceiling(cover, means), queries.units_had(cover)[Cover.Means(means)]
    if ceiling == before and not cover.is_waiting:
        return cover
    _set_ceiling(cover, means, ceiling)
    is_covered = not cover.is_waiting
    if cover.is_waiting and ceiling > had:
        # Agreed to now: it is taken first, whatever paid last.
        cover.means = Cover.Means(means)
        is_covered = holding.reserve_next(cover, by=by, at=at)
        if not is_covered and ceiling >= before:
            raise ledger.NotEnoughUnits(unit=holding.UNITS[means], wanted=1, found=0)
    holding.set_state(cover, is_covered=is_covered, at=at)
    audit.record(
        "cover.agreed", by=by, at=at, subject=("cover", cover.pk), customer_id=cover.customer_id, means=means,
        before=before, ceiling=ceiling,
    )  # fmt: skip
    return cover


@transaction.atomic
def cover_waiting(*, customer: Customer, by: Actor, at: datetime.datetime) -> list[Cover]:
    """T5, T15, F3: cover what waits, the longest wait first, with units that the customer has by now; returns what
    is covered.

    A question that never had cover takes free minutes unless units were chosen, else what was chosen, else what expires
    first (H5). What waits because there was nothing left goes on with units that came since: they are the consent, in
    the kind that was agreed to. What waits for somebody's consent to further units that are there goes on waiting for
    it (T4), and so does what was split off (T6).
    """
    CustomerLedger.objects.lock(customer.pk)
    covered = []
    for cover in Cover.objects.waiting().filter(customer=customer).select_related("customer", "person"):
        if queries.must_be_agreed_to(cover):
            continue
        is_fresh = not PaidTime.objects.filter(cover=cover).exists()
        is_covered = is_fresh and cover.wants_free and holding.reserve_free_minutes(cover, by=by, at=at)
        if not is_covered:
            _consent_by_new_units(cover, is_fresh=is_fresh, at=at)
            is_covered = holding.reserve_next(cover, by=by, at=at)
        if is_covered:
            holding.set_state(cover, is_covered=True, at=at)
            covered.append(cover)
            audit.record(
                "cover.resumed", by=by, at=at, subject=("cover", cover.pk), customer_id=customer.pk, means=cover.means
            )
    return covered


@transaction.atomic
def hand_over_cover(*, cover: Cover, person: Person, by: Actor, at: datetime.datetime) -> Cover:
    """P3: from now on units are drawn for `person`, who decides for the ticket of somebody who was removed. What is
    reserved stays reserved. Handed over or ended already: nothing changes.
    """
    CustomerLedger.objects.lock(cover.customer_id)
    cover = Cover.objects.select_related("customer").get(pk=cover.pk)
    if cover.has_ended or cover.person_id == person.pk:
        return cover
    cover.person = person
    cover.save(update_fields=["person"])
    audit.record(
        "cover.handed_over", by=by, at=at, subject=("cover", cover.pk), customer_id=cover.customer_id, person=person.pk
    )
    return cover


def _locked(cover: Cover) -> Cover:
    CustomerLedger.objects.lock(cover.customer_id)
    cover = Cover.objects.select_related("customer", "person").get(pk=cover.pk)
    if cover.has_ended:
        raise CoverEnded
    return cover


def _refuse_unless_in_range(means: str, ceiling: int) -> None:
    if means not in PAID_MEANS:
        raise MeansNotOnOffer
    least, most = rules.CEILINGS[holding.UNITS[means]]
    if not least <= ceiling <= most:
        raise CeilingOutOfRange(least=least, most=most)


def _set_ceiling(cover: Cover, means: str, ceiling: int) -> None:
    if means == Cover.Means.TOKENS:
        cover.token_ceiling = ceiling
    else:
        cover.minute_ceiling = ceiling


def _consent_by_new_units(cover: Cover, *, is_fresh: bool, at: datetime.datetime) -> None:
    """T5, T15, F3: «after a purchase the ticket goes on», if it waits because there was nothing to take, or was never
    covered: what was bought since then is what it was told would cover it, in the kind that was agreed to.
    """
    lacked_units = cover.waits_for == Cover.WaitsFor.UNITS
    if not (lacked_units or is_fresh):
        return
    since = None if lacked_units and is_fresh else cover.waiting_since
    offers = queries.offers(cover, at, since=since)
    if not offers or (is_fresh and any(queries.ceiling(cover, offer.means) for offer in offers)):
        return  # nothing came, or it takes what was chosen at its opening
    means = offers[0].means
    had = queries.units_had(cover)[Cover.Means(means)]
    if not had:
        _set_ceiling(cover, means, max(queries.ceiling(cover, means), queries.usual_ceiling(means)))
    elif queries.ceiling(cover, means) <= had:
        _set_ceiling(cover, means, had + offers[0].step)
