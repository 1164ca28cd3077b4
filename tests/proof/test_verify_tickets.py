"""`manage.py verify` on everything that can happen to a ticket: paid by minutes, mixed, reopened, corrected, merged,
split off, its clock forgotten. Whatever of it is changed by hand, it is named.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from carnet.audit.models import Entry
from carnet.kernel import append_only
from carnet.ledger.actions import lots as ledger
from carnet.ledger.models import Lot
from carnet.people.models import Customer, Person
from carnet.provider import actions as provider
from carnet.tickets.actions import closing, correcting, cover, merging, ratings, work
from carnet.tickets.models import Closure, Rating, RatingChange, Ticket
from carnet.work.models import (
    Cover,
    IndivisiblePart,
    MergedTime,
    PaidTime,
    RunningWork,
    TrialUse,
    WorkReason,
    WorkSession,
)
from tests.factories.people import TEST
from tests.factories.tickets import answer, close, form_key, give_tokens, make_ticket, moment, work_on
from tests.proof.test_verify import after, verify

pytestmark = pytest.mark.django_db


@dataclass
class Story:
    """What happened to the Martins' tickets, and to one of Inès' company."""

    martins: Customer
    pack: Lot  # hours of the Martins
    hours: Ticket  # 10 minutes on the pack, of which it bears the first 30 (H1)
    mixed: Ticket  # a token and 11 minutes, by consent (H5)
    again: Ticket  # 12 minutes, closed, reopened, 10 more (T8)
    corrected: Ticket  # 31 minutes for two tokens, of which 20 were right (T14)
    source: Ticket  # 12 minutes, merged into the target (T10)
    target: Ticket  # 14 minutes
    split: Ticket  # waits for its own cover (T6)
    forgotten: Ticket  # its clock stopped at the last sign of life (T17)
    first: Ticket  # of the company: open, on a pack of its own
    awa: Person


@pytest.fixture
def story(martins, robledo, claire, hugo, ines, awa) -> Iterator[Story]:
    give_tokens(martins, 9)
    pack = sell_hours(martins, 120)
    sell_hours(robledo, 60)
    told = Story(
        martins,
        pack,
        hours=make_ticket(claire, means="minutes", at=moment(1)),
        mixed=make_ticket(hugo, at=moment(2)),
        again=make_ticket(claire, at=moment(3)),
        corrected=make_ticket(hugo, ceiling=2, at=moment(4)),
        source=make_ticket(claire, at=moment(5)),
        target=make_ticket(claire, at=moment(6)),
        split=None,  # type: ignore[arg-type]  # comes from the target
        forgotten=make_ticket(hugo, at=moment(7)),
        first=make_ticket(ines, means="minutes", at=moment(8)),
        awa=awa,
    )
    work_on(told.hours, awa, 10, since=moment(10))
    answer(told.hours, awa, at=moment(21), should_solve=True)
    close(told.hours, at=moment(30))
    for score, at in ((4, 31), (5, 32)):
        ratings.rate_ticket(
            ticket=told.hours, score=score, comment="", may_publish=False, by=claire.as_actor(), at=moment(at)
        )
    work_on(told.mixed, awa, 30, since=moment(40))
    cover.agree_to_more(ticket=told.mixed, means="minutes", ceiling=30, by=hugo.as_actor(), at=moment(75))
    work_on(told.mixed, awa, 11, since=moment(80))
    close(told.mixed, at=moment(95))
    work_on(told.again, awa, 12, since=moment(100))
    close(told.again, at=moment(115))
    closing.mark_unsolved(ticket=told.again, key=form_key(), by=claire.as_actor(), at=moment(120))
    work_on(told.again, awa, 10, since=moment(121))
    close(told.again, at=moment(132))
    work_on(told.corrected, awa, 31, since=moment(140))
    close(told.corrected, at=moment(175))
    correcting.correct_session(
        session=told.corrected.cover.sessions.get(), seconds=1200, kind="chargeable", why="Lunch", by=awa.as_actor(),
        at=moment(176),
    )  # fmt: skip
    work_on(told.source, awa, 12, since=moment(180))
    work_on(told.target, awa, 14, since=moment(200))
    told.split = merging.split_ticket(
        ticket=told.target, subject="The scanner", text="", key=form_key(), by=awa.as_actor(), at=moment(215)
    )
    merging.merge_tickets(source=told.source, target=told.target, by=awa.as_actor(), at=moment(216))
    close(told.target, at=moment(217))
    work.start_work(ticket=told.forgotten, by=awa.as_actor(), at=moment(220))
    work.sign_of_life(by=awa.as_actor(), at=moment(225))
    work.stop_work(ticket=told.forgotten, reason="Looked", by=awa.as_actor(), at=moment(300))
    append_only.remove()
    yield told
    append_only.install()


def sell_hours(customer: Customer, minutes: int) -> Lot:
    pack = ledger.Pack("minute", minutes, validity_months=6)
    return ledger.open_lot(customer=customer, content=pack, by=TEST, at=moment(0), key=form_key())


def of(ticket: Ticket) -> Cover:
    return Cover.objects.get(ticket=ticket)


def test_all_of_it_agrees(story):
    append_only.install()
    assert verify()[::2] == (0, "")
    assert [(of(one).price_tokens, of(one).price_minutes) for one in (story.hours, story.mixed, story.again)] == [
        (0, 30), (1, 11), (1, 0),
    ]  # fmt: skip
    assert of(story.corrected).price_tokens == 1
    assert of(story.source).price_tokens + of(story.target).price_tokens == 1


def paid(ticket: Ticket, **where: object):
    return PaidTime.objects.filter(cover__ticket=ticket, **where)


def sessions(ticket: Ticket):
    return WorkSession.objects.filter(cover__ticket=ticket)


def at_once(story: Story) -> None:
    WorkSession.objects.create(
        cover=story.split.cover, agent=story.awa, kind="training", started_at=moment(15), ended_at=moment(25),
        recorded_at=moment(25),
    )  # fmt: skip


def merged_in_a_ring(story: Story) -> None:
    target = of(story.target)
    assert target.ended_at
    MergedTime.objects.create(
        cover=of(story.source), source=target, at=target.ended_at, seconds=840, price_tokens=1, price_minutes=0,
        kept_tokens=1, kept_minutes=0,
    )  # fmt: skip
    Ticket.objects.filter(pk=story.target.pk).update(merged_into=story.source)


def clock_on(ticket: Ticket, story: Story) -> None:
    RunningWork.objects.create(agent=story.awa, cover=ticket.cover, started_at=moment(400), last_sign_at=moment(400))


def swap_covers(story: Story) -> None:
    one, two = story.again.cover_id, story.mixed.cover_id
    nobodys = Cover.objects.create(
        customer=story.again.customer, person=story.again.asked_by, state="waiting", means="none", token_ceiling=0,
        opened_at=moment(0), waiting_since=moment(0), waits_for="units",
    )  # fmt: skip
    Ticket.objects.filter(pk=story.again.pk).update(cover=nobodys)
    Ticket.objects.filter(pk=story.mixed.pk).update(cover=one)
    Ticket.objects.filter(pk=story.again.pk).update(cover=two)
    nobodys.delete()


Change = Callable[[Story], object]
# What is changed; which ticket it is about; what is said of it, numbers of rows as N.
CHANGES: dict[str, tuple[str, Change, str]] = {
    # H1, H3
    "the least minutes of a pack": (
        "hours",
        lambda story: Cover.objects.filter(ticket=story.hours).update(least_minutes=10),
        "it costs 10 minutes at least, and took 30 first",
    ),
    "no least minutes": (
        "first",
        lambda story: Cover.objects.filter(ticket=story.first).update(least_minutes=0),
        "it costs 0 minutes at least, instead of 30",
    ),
    "least minutes of a ticket paid by tokens": (
        "again",
        lambda story: Cover.objects.filter(ticket=story.again).update(least_minutes=30),
        "it costs 30 minutes at least, and took 0 first",
    ),
    # What a cover says of itself
    "longer tokens": (
        "again",
        lambda story: Cover.objects.filter(ticket=story.again).update(token_minutes=60),
        "its cover tells 60 minutes of a token, instead of 30",
    ),
    "free seconds": (
        "again",
        lambda story: Cover.objects.filter(ticket=story.again).update(free_seconds=60),
        "its cover tells 60 free seconds, instead of 0",
    ),
    "nobody agreed to tokens": (
        "again",
        lambda story: Cover.objects.filter(ticket=story.again).update(token_ceiling=0),
        "it took more tickets or minutes than anybody agreed to",
    ),
    "nobody agreed to minutes": (
        "mixed",
        lambda story: Cover.objects.filter(ticket=story.mixed).update(minute_ceiling=10),
        "it may take fewer tickets or minutes than was said last",
    ),
    "what was said is not written down": (  # T4, case J3
        "mixed",
        lambda story: (
            Entry.objects.filter(code="cover.agreed").delete(),
            Cover.objects.filter(ticket=story.mixed).update(minute_ceiling=10),
        ),
        "it took more tickets or minutes than anybody agreed to",
    ),
    "a split ticket that nobody agreed to": (  # T6, case J5
        "again",
        lambda story: Cover.objects.filter(ticket=story.again).update(asks_first=True),
        "it was split off, and took tickets or minutes before anybody agreed",
    ),
    "what is not used up waits": (  # T14, case J7
        "first",
        lambda story: Cover.objects.filter(ticket=story.first).update(
            state="waiting", waits_for="units", covered_at=None, waiting_since=moment(9)
        ),
        "it is not covered, and 1800 s of what is paid are left",
    ),
    "what is covered waits for something": (
        "forgotten",
        lambda story: Cover.objects.filter(ticket=story.forgotten).update(waits_for="units"),
        "its cover does not know whether it waits, since when and for what",
    ),
    "what ended has waited since": (
        "again",
        lambda story: Cover.objects.filter(ticket=story.again).update(waiting_since=moment(9)),
        "its cover does not know whether it waits, since when and for what",
    ),
    "covered before it was opened": (
        "forgotten",
        lambda story: Cover.objects.filter(ticket=story.forgotten).update(covered_at=moment(-9)),
        "something happened to its cover before it was opened",
    ),
    "ended at another time": (
        "again",
        lambda story: Cover.objects.filter(ticket=story.again).update(ended_at=moment(999)),
        "it ended, and no closure says how",
    ),
    "settled more often": (
        "again",
        lambda story: Cover.objects.filter(ticket=story.again).update(settled_count=3),
        "its cover was settled 3 times, and 2 endings are written down",
    ),
    "settled never": (
        "corrected",
        lambda story: Cover.objects.filter(ticket=story.corrected).update(settled_count=0),
        "its cover was settled 0 times, and 2 endings are written down",
    ),
    "the covers of two tickets": (
        "again",
        swap_covers,
        "the closure tells 720 s of work, the sessions 2460 s",
    ),
    "the cover of another customer": (
        "again",
        lambda story: Cover.objects.filter(ticket=story.again).update(customer=story.first.customer_id),
        "its cover is that of another ticket or customer",
    ),
    # Paid times
    "a paid time in between": (
        "corrected",
        lambda story: paid(story.corrected, units=1).order_by("pk")[0].delete(),
        "the paid time 1 is missing",
    ),
    "the last paid time": (
        "forgotten",
        lambda story: paid(story.forgotten).delete(),
        "its cover is made of nothing",
    ),
    "the last minutes that were agreed to": (
        "mixed",
        lambda story: paid(story.mixed).exclude(sequence=1).delete(),
        "something was reserved for it that covers nothing",
    ),
    "more units than were reserved": (
        "first",
        lambda story: paid(story.first).update(units=45, seconds=2700),
        "45 of minutes cover it, and the journal reserved others",
    ),
    "units of another kind": (
        "first",
        lambda story: paid(story.first).update(means="tokens"),
        "30 of tokens cover it, and the journal reserved others",
    ),
    "paid before it was opened": (
        "first",
        lambda story: paid(story.first).update(at=moment(-60)),
        "a time was paid before its cover was opened, or after it was reserved in the journal",
    ),
    "less was given back": (
        "mixed",
        lambda story: paid(story.mixed, units=-19).update(units=-18),
        "2460 s stayed paid when it ended, instead of 2520 s",
    ),
    "more was paid by an ending": (
        "mixed",
        lambda story: paid(story.mixed, units=-19).update(seconds=60),
        "an ending pays for more",
    ),
    "longer paid after an ending": (
        "mixed",
        lambda story: paid(story.mixed, units=-19).update(seconds=-60),
        "3540 s stayed paid when it ended, instead of 2460 s",
    ),
    "longer paid after merging": (
        "target",
        lambda story: paid(story.target, kind="merged").update(seconds=-60),
        "after merging 1740 s are paid, instead of 1080 s",
    ),
    # Work
    "charged after the closing": (
        "again",
        lambda story: WorkSession.objects.create(
            cover=story.again.cover, agent=story.awa, kind="chargeable", started_at=moment(400), ended_at=moment(401),
            recorded_at=moment(401),
        ),
        "session N is charged, and was written down after the closing",
    ),
    "written down before it ended": (
        "forgotten",
        lambda story: sessions(story.forgotten).update(recorded_at=moment(221)),
        "session N was written down before it ended",
    ),
    "a correction of another ticket": (
        "corrected",
        lambda story: (
            sessions(story.corrected).exclude(replaces=None).update(replaces=story.mixed.cover.sessions.first())
        ),
        "session N corrects one of another ticket",
    ),
    "a correction that adds": (
        "corrected",
        lambda story: sessions(story.corrected).exclude(replaces=None).update(ended_at=moment(173)),
        "session N makes more of the one that it corrects",
    ),
    "a correction of somebody else": (
        "corrected",
        lambda story: sessions(story.corrected).exclude(replaces=None).update(agent=story.hours.asked_by),
        "session N makes more of the one that it corrects",
    ),
    "a correction that charges": (
        "corrected",
        lambda story: sessions(story.corrected).filter(replaces=None).update(kind="training"),
        "session N makes more of the one that it corrects",
    ),
    "a clock on what is closed": (
        "again",
        lambda story: clock_on(story.again, story),
        "it is closed, and a clock runs on it",
    ),
    "a clock on what waits for cover": (
        "split",
        lambda story: clock_on(story.split, story),
        "it is not covered, and a clock of charged work runs on it",
    ),
    # Closings
    "closed at another time": (
        "again",
        lambda story: Ticket.objects.filter(pk=story.again.pk).update(closed_at=moment(131)),
        "it was closed at another time than its closure says",
    ),
    "an earlier closure": (
        "again",
        lambda story: story.again.closures.order_by("pk")[0].delete(),
        "its cover was settled 2 times, and 1 endings are written down",
    ),
    "an earlier price": (
        "again",
        lambda story: story.again.closures.filter(at=moment(115)).update(price_tokens=2),
        "the closure tells another price than what paid for it",
    ),
    "spam that is charged": (
        "again",
        lambda story: story.again.closures.filter(at=moment(132)).update(how="spam"),
        "its price is [1, 0, 0], calculated again [0, 0, 0]",
    ),
    "the correction is gone": (
        "corrected",
        lambda story: (
            WorkReason.objects.filter(session__cover__ticket=story.corrected).exclude(correction="").delete(),
            sessions(story.corrected).exclude(replaces=None).delete(),
        ),
        "1800 s stayed paid when it ended, instead of 1860 s",
    ),
    # T10
    "merged with more work": (
        "source",
        lambda story: MergedTime.objects.update(seconds=1200),
        "merging tells 1200 s of work, the sessions 720 s",
    ),
    "merged at another price": (
        "source",
        lambda story: MergedTime.objects.update(price_tokens=0),
        "merging tells a price of [0, 0] apart, instead of [1, 0]",
    ),
    "it kept more": (
        "source",
        lambda story: MergedTime.objects.update(kept_tokens=2),
        "it kept more tickets or minutes than it cost",
    ),
    "merged with more that is charged": (
        "source",
        lambda story: MergedTime.objects.update(charged_seconds=60),
        "merging tells 60 charged s, instead of 720 s, or another least price",
    ),
    "waived as solved": (
        "again",
        lambda story: story.again.closures.filter(at=moment(115)).update(waived=True),
        "the closure waives what was worked, and it did not end so",
    ),
    "merged at another time": (
        "source",
        lambda story: MergedTime.objects.update(at=moment(230)),
        "it was merged at another time than its cover ended",
    ),
    "merged into another": (
        "source",
        lambda story: Ticket.objects.filter(pk=story.source.pk).update(merged_into=story.again),
        "it was merged with one ticket, and is priced with another",
    ),
    "merged into each other": (
        "source",
        merged_in_a_ring,
        "it was merged into a ticket that was merged itself",
    ),
    # M4
    "a better rating": (
        "hours",
        lambda story: Rating.objects.update(score=4),
        "its rating is not the score that was given last",
    ),
    "no score": (
        "hours",
        lambda story: RatingChange.objects.all().delete(),
        "its rating is not the score that was given last",
    ),
    "no rating": (
        "hours",
        lambda story: Rating.objects.all().delete(),
        "its rating is not the score that was given last",
    ),
}  # fmt: skip


def test_what_was_changed_is_named(story):
    """Each change by itself, undone before the next: the story takes longer to tell than to check."""
    named = {
        name: re.sub(r"session \d+", "session N", after(partial(change, story)))
        for name, (_, change, _) in CHANGES.items()
    }
    assert named == {name: f"ticket {getattr(story, which).pk}: {fault}" for name, (which, _, fault) in CHANGES.items()}


def test_the_first_minutes_of_a_pack(story):
    lot, where = story.pack.pk, f"pack {story.pack.pk}: its first minutes are taken by ticket"
    in_journal = f"in its journal by {story.hours.pk}"
    part = IndivisiblePart.objects.filter(lot=lot)
    assert after(part.delete) == f"{where} –, {in_journal}"
    assert after(lambda: part.update(cover=of(story.again))) == f"{where} {story.again.pk}, {in_journal}"
    token_lot = Lot.objects.get(unit="token", customer=story.martins)
    taken = partial(IndivisiblePart.objects.create, lot=token_lot, cover=of(story.again))
    assert after(taken) == f"pack {token_lot.pk}: it is no hour pack, and its first minutes are taken"


def test_an_agent_at_two_places_at_once(story):
    mine = story.hours.cover.sessions.get()
    first = after(partial(at_once, story))
    other = re.fullmatch(rf"sessions {mine.pk} and (\d+): agent {story.awa.pk} worked on both at once", first)
    assert other is not None


def test_free_minutes_that_nobody_noted(story, claire):
    trial = ledger.Trial(15, validity_days=30)
    lot = ledger.open_lot(customer=story.martins, content=trial, by=TEST, at=moment(300), key="trial")
    append_only.install()
    assert verify()[2] == f"customer {lot.customer_id}: it has free minutes that nobody noted"
    use = TrialUse.objects.create(customer=story.martins, email_digest="x", at=moment(300))
    assert verify()[0] == 0
    append_only.remove()
    moved = partial(TrialUse.objects.create, customer=story.first.customer, email_digest="y", at=moment(300))
    assert after(moved) == (f"customer {story.first.customer_id}: it is noted for free minutes that are not there")
    assert after(use.delete) == f"customer {story.martins.pk}: it has free minutes that nobody noted"


def test_what_is_written_about_no_ticket(story):
    last = Cover.objects.latest("pk").pk
    stray = partial(
        Cover.objects.create, pk=last + 7, customer=story.martins, person=story.hours.asked_by, state="waiting",
        means="none", token_ceiling=0, opened_at=moment(1), waiting_since=moment(1), waits_for="units",
    )  # fmt: skip
    assert after(stray) == f"cover {last + 7}: something was written about it, and no ticket has it"


def test_only_to_repair_changes_nothing(story, awa):
    """T8: reopened long after, nothing is charged; it may be closed again, and its work corrected meanwhile."""
    append_only.install()
    closing.reopen_ticket(ticket=story.mixed, by=awa.as_actor(), at=moment(days=40))
    work.start_work(ticket=story.mixed, kind="repair", by=awa.as_actor(), at=moment(5, days=40))
    work.stop_work(ticket=story.mixed, reason="Mended", by=awa.as_actor(), at=moment(9, days=40))
    assert verify()[0] == 0
    first = story.mixed.cover.sessions.order_by("pk")[0]
    correcting.correct_session(
        session=first, seconds=600, kind="chargeable", why="Lunch", by=awa.as_actor(), at=moment(20, days=40)
    )
    assert (of(story.mixed).price_tokens, of(story.mixed).price_minutes, verify()[0]) == (1, 0, 0)
    close(story.mixed, at=moment(30, days=40))
    assert (Closure.objects.filter(ticket=story.mixed).count(), verify()[0]) == (2, 0)


def test_H1_each_ticket_bears_30_minutes(robledo, ines, awa):
    """⚙ indivisible_per ticket, and lot again later: what was opened meanwhile keeps what it was told."""
    sell_hours(robledo, 120)
    goodwill = ledger.Goodwill("minute", 60, moment(days=90).date(), reason="Sorry")
    ledger.grant_goodwill(customer=robledo, goodwill=goodwill, by=TEST, at=moment(0), key=form_key())
    opened = []
    for number, choice in enumerate(("ticket", "ticket", "lot")):
        provider.change_setting(name="indivisible_per", value=choice, by=TEST, at=moment(number * 60))
        opened.append(make_ticket(ines, means="minutes", at=moment(number * 60 + 1)))
    for number, ticket in enumerate(opened):
        work_on(ticket, awa, 5, since=moment(200 + 20 * number))
        close(ticket, at=moment(210 + 20 * number))
    assert ([of(one).price_minutes for one in opened], verify()[::2]) == ([30, 30, 30], (0, ""))


def test_case_J2_a_price_that_nothing_pays_for_is_named(story):
    story.target.closures.all().delete()
    Ticket.objects.filter(pk=story.target.pk).update(state="open", closed_at=None)
    Cover.objects.filter(ticket=story.target).update(
        state="covered", covered_at=moment(6), ended_at=None, price_tokens=None
    )
    MergedTime.objects.update(charged_seconds=40 * 60)
    told = "\n".join(map(str, verify()))
    assert f"ticket {story.target.pk}: it costs [2, 0, 0] by now, and only [1, 0, 0] pay for it" in told
