"""What time does to tickets: a task looks for what may be due, an action asks again under a lock and does it."""

from carnet.audit.actors import WORKER
from carnet.jobs.declare import Every, each, task
from carnet.kernel import clock
from carnet.tickets.actions import assigning, closing, cover, questions, work
from carnet.tickets.models import Ticket
from carnet.tickets.queries import waiting
from carnet.work.actions import covers
from carnet.work.queries import covers as work_queries


@task
def follow_clocks() -> None:
    """Warn before the paid time of a running clock ends, and stop it there (T4, F3)."""
    now = clock.now()
    each(waiting.with_running_clock(), lambda ticket: work.follow_clock(ticket=ticket, at=now))


@task
def cover_waiting() -> None:
    """Cover what waits, once there are units for it (T5, T15, F3), and take it up into the queue."""
    now = clock.now()
    try:
        each(work_queries.customers_to_cover(now), lambda one: covers.cover_waiting(customer=one, by=WORKER, at=now))
    finally:
        each(waiting.newly_covered(), lambda ticket: cover.take_up_covered(ticket=ticket, at=now))


@task
def remind_and_close() -> None:
    """Remind of what waits for the customer or for cover, and close what has waited long enough (T5, T13, T15, T16)."""
    now = clock.now()

    def remind_or_close(ticket: Ticket) -> None:
        closing.remind_customer(ticket=ticket, at=now)
        closing.close_by_time(ticket=ticket, at=now)

    each(waiting.for_others(now), remind_or_close)


@task
def remove_unconfirmed_files() -> None:
    """Files of first questions that nobody confirmed within a day."""
    now = clock.now()
    each(waiting.with_unconfirmed_files(now), lambda one: questions.remove_unconfirmed_files(question=one, at=now))


@task
def pass_on() -> None:
    """Open tickets of removed persons pass to a holder (P3)."""
    now = clock.now()
    each(waiting.of_removed_persons(), lambda ticket: assigning.pass_ticket_on(ticket=ticket, by=WORKER, at=now))


SCHEDULE = [
    Every(follow_clocks, seconds=10),
    Every(cover_waiting, seconds=10),
    Every(remind_and_close, seconds=60),
    Every(pass_on, seconds=60),
    Every(remove_unconfirmed_files, seconds=3600),
]
