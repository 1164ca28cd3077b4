"""A case: everything that an action on covered work decides on, read once under the lock of the customer's ledger."""

import datetime
from functools import cached_property

from django.db.models import Q

from carnet.ledger.journal import Account
from carnet.ledger.models import Hold
from carnet.work.models import Cover, MergedTime, PaidTime, RunningWork, WorkReason, WorkSession
from carnet.work.queries import covers as queries
from carnet.work.rules import time_worked
from carnet.work.rules.clocks import Course, course_of


class Case:
    """A cover with its clocks, sessions and paid times, and the account of the customer's ledger.

    Each is asked of the database when it is needed first, and never again: what an action changes it changes here, and
    `actions.cases.store` writes it once. The cover comes locked (`Cover.objects.locked`, or by whoever joins it).
    """

    def __init__(self, cover: Cover, *, account: Account | None = None, agent_id: int | None = None) -> None:
        self.cover = cover
        self.account = account or Account.of(cover.customer.ledger)
        self.entries = self.account.entries
        self.agent_id = agent_id  # whose own clock is read as well, wherever it is
        self.is_changed = False  # the cover
        self.new_paid: list[PaidTime] = []
        self.new_sessions: list[WorkSession] = []
        self.new_reasons: list[WorkReason] = []
        self.changed_clocks: list[RunningWork] = []
        self.gone_clocks: list[RunningWork] = []

    @cached_property
    def _clocks_read(self) -> list[RunningWork]:
        wanted = Q(cover=self.cover) | Q(agent_id=self.agent_id) if self.agent_id else Q(cover=self.cover)
        return list(RunningWork.objects.select_for_update().filter(wanted).order_by("started_at"))

    @cached_property
    def clocks(self) -> list[RunningWork]:
        """The clocks on this cover, running and standing still, the earliest first."""
        return [one for one in self._clocks_read if one.cover_id == self.cover.pk]

    @property
    def own_clock(self) -> RunningWork | None:
        """The agent's clock, which may be on another cover."""
        mine = [one for one in [*self.clocks, *self._clocks_read] if one.agent_id == self.agent_id]
        return next((one for one in mine if one not in self.gone_clocks), None)

    @cached_property
    def sessions(self) -> list[WorkSession]:
        """All sessions in order of time, with `replaced_at` of those that were corrected."""
        return list(WorkSession.objects.of(self.cover).order_by("started_at", "id"))

    @cached_property
    def paid(self) -> list[PaidTime]:
        """The paid times in the order in which they came."""
        return list(PaidTime.objects.filter(cover=self.cover).order_by("sequence"))

    @cached_property
    def merged(self) -> list[MergedTime]:
        """T10: the work of others that is priced with its own."""
        return list(MergedTime.objects.filter(cover=self.cover).order_by("id"))

    @property
    def holds(self) -> list[Hold]:
        """What it holds of which lots now."""
        return self.account.held_by(self.cover.cause)

    @property
    def stretches(self) -> list[time_worked.Stretch]:
        return [one.as_stretch() for one in self.sessions]

    @property
    def standing(self) -> list[WorkSession]:
        """The sessions that no correction has replaced."""
        return [one for one in self.sessions if getattr(one, "replaced_at", None) is None]

    @property
    def worked_seconds(self) -> int:
        """W of T2, of what is written down."""
        return time_worked.worked_seconds(one.as_stretch() for one in self.standing)

    @property
    def limits(self) -> list[time_worked.Limit]:
        return queries.limits_by(self.paid)

    @property
    def paid_seconds(self) -> int:
        """T4, F2, H4: how many seconds of work are paid in all by now."""
        return sum(one.seconds for one in self.paid)

    @property
    def had(self) -> dict[Cover.Means, int]:
        """The units that pay for it by now, reserved or spent."""
        return queries.had_by(self.paid)

    def course(self, at: datetime.datetime) -> Course:
        """How far the work has come at `at`."""
        return course_of([one.as_clock() for one in self.clocks], self.stretches, self.limits, at=at)
