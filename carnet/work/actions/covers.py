"""What pays for a ticket: opened with it, extended while it is worked on, agreed to, found once it waits."""

import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel.refused import Refused
from carnet.ledger.actions import movements as ledger
from carnet.ledger.journal import Account
from carnet.ledger.models import CustomerLedger
from carnet.people.models import Customer, Person
from carnet.work.actions import cover_units
from carnet.work.actions.cases import store
from carnet.work.models import Cover
from carnet.work.queries import covers as queries
from carnet.work.queries.cases import Case
from carnet.work.queries.covers import PAID_MEANS
from carnet.work.rules import consent
from carnet.work.rules.ways_to_pay import Chosen


class MeansNotForTickets(Refused):
    """Tickets can't be paid by these means yet."""

    code = "work.means_not_on_offer"


class CoverEnded(Refused):
    """What has ended is not extended any more."""

    code = "work.cover_ended"


class CeilingOutOfRange(Refused):
    """A ticket may take 1 to 100 tokens, or 15 to 6,000 minutes, without asking."""

    code = "work.ceiling_out_of_range"
    field = "ceiling"


def open_cover(
    *,
    customer: Customer,
    person: Person,
    chosen: Chosen,
    asks_first: bool = False,
    by: Actor,
    at: datetime.datetime,
) -> Case:
    """T1, H4, F1, F2: reserve what pays for new work: all free minutes that are left, or one token, or 30 minutes. Part
    of the caller's action, which stores the entries of the case.

    Never refuses for lack of units: then the cover waits, and the caller tells so (T15). Free minutes that nobody
    opened yet are opened now, if the customer may have them. `asks_first`: it waits for somebody to agree, whatever is
    there (T6). Refuses `MeansNotForTickets` and `CeilingOutOfRange`.
    """
    means, unit_means = chosen.means, chosen.unit_means
    if means not in (*PAID_MEANS, Cover.Means.TRIAL, Cover.Means.NONE) or chosen.then not in ("", *PAID_MEANS):
        raise MeansNotForTickets
    if chosen.ceiling is not None and unit_means:
        _refuse_unless_in_range(unit_means, chosen.ceiling)
    ledger_row = CustomerLedger.objects.lock(customer.pk)
    if means == Cover.Means.TRIAL:
        cover_units.open_trial_if_due(customer, person, by=by, at=at)
        ledger_row.refresh_from_db()
    cover = Cover(
        customer=customer, person=person, state=Cover.State.WAITING, means=Cover.Means.NONE, token_ceiling=0,
        opened_at=at, waiting_since=at, waits_for=Cover.WaitsFor.UNITS, asks_first=asks_first,
        wants_free=not asks_first and means in (Cover.Means.TRIAL, Cover.Means.NONE),
    )  # fmt: skip
    if unit_means:
        _set_ceiling(cover, unit_means, chosen.ceiling or queries.usual_ceiling(unit_means))
    case = Case(cover, account=Account.of(ledger_row))
    case.paid = []
    free = cover_units.free_minutes(case, at=at) if means == Cover.Means.TRIAL else None
    taking = free or cover_units.next_units(case, at=at)
    if taking:
        cover_units.prepare(case, taking)
    cover_units.set_state(case, is_covered=taking is not None, at=at)
    cover.save(force_insert=True)
    case.is_changed = False
    if taking:
        cover_units.take(case, taking, by=by, at=at)
    store(case)
    cover_units.note(case, "cover.opened", by=by, at=at, means=cover.means, covered=taking is not None)
    return case


def extend(case: Case, *, by: Actor, at: datetime.datetime) -> bool:
    """F2, F3, H4, T4, T5: the paid time is used up at `at`: reserve what comes next if that was agreed to, else wait;
    whether it is covered still.

    `at` is when the paid time ended, though the worker may come later: what is worked from then on is paid.
    """
    used_seconds = case.paid_seconds
    is_covered = cover_units.cover_again(case, cover_units.next_units(case, at=at), by=by, at=at)
    code = "cover.extended" if is_covered else "cover.used_up"
    cover_units.note(case, code, by=by, at=at, used_seconds=used_seconds)
    return is_covered


def resume(case: Case, *, used_seconds: int, by: Actor, at: datetime.datetime) -> bool:
    """T14: what waits for units or consent is covered again at once if less was charged by now than is paid, because
    time was corrected; whether that is so. `used_seconds` is the charged time so far.
    """
    if not case.cover.is_waiting or case.paid_seconds <= used_seconds:
        return False
    cover_units.set_state(case, is_covered=True, at=at)
    cover_units.note(case, "cover.resumed", by=by, at=at, means=case.cover.means, used_seconds=used_seconds)
    return True


def set_ceiling(case: Case, *, means: str, ceiling: int, by: Actor, at: datetime.datetime) -> None:
    """T4, H4, H5: let the cover take tokens or minutes up to `ceiling` in all without asking; somebody said so who may
    (`consent.may_consent`).

    That is the consent to a further token («up to 2»), to more minutes, and to mixing both. What waits takes the next
    units now and goes on at once; what is covered takes them when its paid time ends, and not before. Lower than
    what it has taken: it gives nothing back now, and takes no more, reopened neither. The same twice changes nothing.
    Refuses `CeilingOutOfRange`, what has ended, and NotEnoughUnits if it waits and there are none to take: then the
    ceiling stays as it was, for those that are bought are taken anyway (`cover_waiting`).
    """
    _refuse_unless_in_range(means, ceiling)
    cover = case.cover
    if cover.has_ended:
        raise CoverEnded
    before, had = queries.ceiling(cover, means), case.had[Cover.Means(means)]
    if ceiling == before and not cover.is_waiting:
        return
    _set_ceiling(cover, means, ceiling)
    is_covered = not cover.is_waiting
    if cover.is_waiting and ceiling > had:
        # Agreed to now: it is taken first, whatever paid last.
        cover.means = Cover.Means(means)
        taking = cover_units.next_units(case, at=at)
        if taking is None and ceiling >= before:
            raise ledger.NotEnoughUnits(unit=queries.UNITS[Cover.Means(means)], wanted=1, found=0)
        is_covered = cover_units.cover_again(case, taking, by=by, at=at)
    else:
        cover_units.set_state(case, is_covered=is_covered, at=at)
    cover_units.note(case, "cover.agreed", by=by, at=at, means=means, before=before, ceiling=ceiling)


@transaction.atomic
def cover_waiting(*, customer: Customer, by: Actor, at: datetime.datetime) -> list[Cover]:
    """T5, T15, F3: cover what waits, the longest wait first, with units that the customer has by now; returns what
    is covered.

    A question that never had cover takes free minutes unless units were chosen, else what was chosen, else what expires
    first (H5). What waits because there was nothing left goes on with units that came since: they are the consent, in
    the kind that was agreed to. What waits for somebody's consent to further units that are there goes on waiting for
    it (T4), and so does what was split off (T6).
    """
    account = Account.of(CustomerLedger.objects.lock(customer.pk))
    covered = []
    for cover in Cover.objects.waiting().filter(customer=customer).select_related("customer", "person"):
        if queries.must_be_agreed_to(cover):
            continue
        case = Case(cover, account=account)
        is_fresh = not case.paid
        taking = cover_units.free_minutes(case, at=at) if is_fresh and cover.wants_free else None
        if taking is None:
            _consent_by_new_units(case, is_fresh=is_fresh, at=at)
            taking = cover_units.next_units(case, at=at)
        if taking:
            cover_units.cover_again(case, taking, by=by, at=at)
            covered.append(cover)
            cover_units.note(case, "cover.resumed", by=by, at=at, means=cover.means)
            store(case)
    audit.record_all(account.entries)
    return covered


def hand_over(case: Case, *, person: Person, by: Actor, at: datetime.datetime) -> None:
    """P3: from now on units are drawn for `person`, who decides for the ticket of somebody who was removed. What is
    reserved stays reserved. Handed over or ended already: nothing changes.
    """
    if case.cover.has_ended or case.cover.person_id == person.pk:
        return
    case.cover.person, case.is_changed = person, True
    cover_units.note(case, "cover.handed_over", by=by, at=at, person=person.pk)


def _refuse_unless_in_range(means: str, ceiling: int) -> None:
    if means not in PAID_MEANS:
        raise MeansNotForTickets
    least, most = consent.CEILINGS[queries.UNITS[Cover.Means(means)]]
    if not least <= ceiling <= most:
        raise CeilingOutOfRange(least=least, most=most)


def _set_ceiling(cover: Cover, means: str, ceiling: int) -> None:
    if means == Cover.Means.TOKENS:
        cover.token_ceiling = ceiling
    else:
        cover.minute_ceiling = ceiling


def _consent_by_new_units(case: Case, *, is_fresh: bool, at: datetime.datetime) -> None:
    """T5, T15, F3: «after a purchase the ticket goes on», if it waits because there was nothing to take, or was never
    covered: what was bought since then is what it was told would cover it, in the kind that was agreed to.
    """
    cover = case.cover
    lacked_units = cover.waits_for == Cover.WaitsFor.UNITS
    if not (lacked_units or is_fresh):
        return
    since = None if lacked_units and is_fresh else cover.waiting_since
    offers = queries.offers(cover, at, since=since, had=case.had, account=case.account)
    if not offers or (is_fresh and any(queries.ceiling(cover, offer.means) for offer in offers)):
        return  # nothing came, or it takes what was chosen at its opening
    means = offers[0].means
    had = case.had[Cover.Means(means)]
    if not had:
        _set_ceiling(cover, means, max(queries.ceiling(cover, means), queries.usual_ceiling(means)))
    elif queries.ceiling(cover, means) <= had:
        _set_ceiling(cover, means, had + offers[0].step)
