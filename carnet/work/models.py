import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from carnet.kernel.keys import Cause
from carnet.ledger.models import Lot
from carnet.people.models import Customer, Person
from carnet.work.rules import clocks, time_worked


class CoverQuerySet(models.QuerySet["Cover"]):
    def waiting(self) -> Self:
        """Covers that wait for units or consent, the longest wait first (T5, T15)."""
        return self.filter(state=Cover.State.WAITING).order_by("waiting_since", "id")

    def locked(self, number: int) -> "Cover":
        """The cover under the lock of its customer's ledger, with customer and person."""
        # Both are locked, in this order: of a row that waited for a lock the database then shows what stands now.
        found = self.select_for_update(of=("customer__ledger", "self")).select_related("customer__ledger", "person")
        return found.get(pk=number, customer__ledger__isnull=False)


class Cover(models.Model):
    """What pays for one subject of work: free minutes, tokens or minutes of lots; or nothing yet (T15). It is its own
    cause in the ledger.

    What the rules need is fixed here, so that a changed setting never changes the past. Changes only under the lock
    of the customer's ledger. The ceilings carry all consent: units of a kind are taken up to its ceiling without
    asking, and a kind whose ceiling is 0 not at all (never mixed without consent, H5). They are what was said last, so
    one may be lower than what was taken before (T4).
    """

    class State(models.TextChoices):
        COVERED = "covered"
        WAITING = "waiting"  # for cover: kept, told, no work is charged (T5, T15)
        ENDED = "ended"

    class Means(models.TextChoices):
        NONE = "none"
        TRIAL = "trial"
        TOKENS = "tokens"
        MINUTES = "minutes"
        SUBSCRIPTION = "subscription"

    class WaitsFor(models.TextChoices):
        UNITS = "units"  # there were none to take when it began to wait: those that come are taken (T5, T15, F3)
        CONSENT = "consent"  # there are some, and nobody has agreed yet (T4)

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="covers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")  # for whom units are drawn (L9)
    state = models.CharField(max_length=8, choices=State)
    # What pays now, or paid last: free minutes that ran out make room for a token.
    means = models.CharField(max_length=12, choices=Means)
    # T6: of a second subject that was split off: it takes nothing until somebody agrees, whatever is there or comes.
    asks_first = models.BooleanField(default=False)
    # F2, T15: free minutes were chosen, or nothing was: it takes those that come while it has never had cover.
    wants_free = models.BooleanField(default=False)
    token_ceiling = models.PositiveSmallIntegerField()  # T4: how many tokens may be taken without asking (again)
    minute_ceiling = models.PositiveSmallIntegerField(default=0)  # H4: how many minutes
    token_minutes = models.PositiveSmallIntegerField(default=30)  # T2: of the lot that its first token came from
    least_minutes = models.PositiveSmallIntegerField(default=0)  # H1: what it costs at least, paid by minutes
    free_minutes = models.PositiveSmallIntegerField(default=0)  # F1: held of the trial; of an ended cover, spent
    free_seconds = models.PositiveIntegerField(default=0)  # F2: of its work they pay; not cut down while it goes on
    opened_at = models.DateTimeField()
    covered_at = models.DateTimeField(null=True)  # M1: since when it has had cover without a break
    waiting_since = models.DateTimeField(null=True)
    waits_for = models.CharField(max_length=7, choices=WaitsFor, blank=True)
    ended_at = models.DateTimeField(null=True)
    # The price once ended, in whole units, beside `free_minutes`; null before.
    price_tokens = models.PositiveIntegerField(null=True)
    price_minutes = models.PositiveIntegerField(null=True)
    settled_count = models.PositiveSmallIntegerField(default=0)  # times it was settled: at each ending and correction

    objects = CoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="covered", covered_at__isnull=False, waiting_since__isnull=True)
                | Q(state="waiting", waiting_since__isnull=False, waits_for__in=["units", "consent"])
                | Q(state="ended", ended_at__isnull=False, price_tokens__isnull=False),
                name="cover_state_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "waiting_since"], name="cover_state"),
            models.Index(fields=["customer", "state"], name="cover_customer"),
        ]

    def __str__(self) -> str:
        return f"cover {self.pk} by {self.means}, {self.state}"

    @property
    def cause(self) -> Cause:
        return Cause("cover", self.pk)

    @property
    def free_minutes_spent(self) -> int | None:
        """F1, F2: of an ended cover, as its price says."""
        return self.free_minutes if self.has_ended else None

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def has_ended(self) -> bool:
        return self.state == self.State.ENDED


class PaidTime(models.Model):
    """From `at` on, `seconds` more of work are paid: free minutes, a token or minutes were reserved (F1, T1, F2, H4).

    Fewer (below 0), once the cover has ended and released what it did not use: work that is taken up again goes on from
    what it has cost (T8). Append-only, numbered by `sequence` within the cover.
    """

    class Kind(models.TextChoices):
        RESERVED = "reserved"
        LESS = "less"  # at an ending or a correction
        MERGED = "merged"  # what another cover holds pays for it as well (T10)

    cover = models.ForeignKey(Cover, models.PROTECT, related_name="paid_times")
    sequence = models.PositiveSmallIntegerField()  # 1, 2, 3 … per cover
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField()
    seconds = models.IntegerField()
    units = models.IntegerField()  # of `means`: minutes or tokens, as reserved or, below 0, released
    means = models.CharField(max_length=12, choices=Cover.Means)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cover", "sequence"], name="paid_time_once"),
            models.CheckConstraint(condition=~Q(seconds=0, units=0), name="paid_time_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.seconds} s from {self.at}"


class IndivisiblePart(models.Model):
    """H1: that the first 30 minutes of a pack of hours, which can't be divided between subjects, are taken.

    By the cover of the first ticket opened on the lot, or by one whose minutes ran into it (H3). If the cover ends
    without having used any of the lot, the row goes, and the next ticket opened on the lot bears them.
    """

    lot = models.OneToOneField(Lot, models.PROTECT, primary_key=True, related_name="indivisible_part")
    cover = models.ForeignKey(Cover, models.PROTECT, related_name="indivisible_parts")

    def __str__(self) -> str:
        return f"first minutes of lot {self.lot_id} by cover {self.cover_id}"


class MergedTime(models.Model):
    """T10: the work of another cover of the customer that is priced together with that of `cover`. Append-only.

    Each pays with what it had reserved: `kept_*` is what the other still pays, so that nothing is released from a lot
    whose last day is past only to be reserved again.
    """

    cover = models.ForeignKey(Cover, models.PROTECT, related_name="merged_times")
    source = models.OneToOneField(Cover, models.PROTECT, related_name="merged_into")
    at = models.DateTimeField()
    seconds = models.PositiveIntegerField()  # W of the source
    charged_seconds = models.PositiveIntegerField(
        default=0
    )  # of W, what units pay: beyond free minutes, and not waived
    least_minutes = models.PositiveSmallIntegerField(default=0)  # H1: what the source costs at least
    price_tokens = models.PositiveIntegerField()  # of the source apart
    price_minutes = models.PositiveIntegerField()
    kept_tokens = models.PositiveIntegerField()
    kept_minutes = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"cover {self.source_id} with cover {self.cover_id}"


class RunningWork(models.Model):
    """The clock that runs now, at most one per agent; it becomes sessions once its agent says what for."""

    class StoppedBy(models.TextChoices):
        AGENT = "agent"
        PAID_TIME = "paid_time"  # T4, F3: the paid time ended
        IDLE = "idle"  # T17: at the agent's last sign of life

    agent = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="running_work")
    cover = models.ForeignKey(Cover, models.PROTECT, related_name="running_work")
    started_at = models.DateTimeField()
    last_sign_at = models.DateTimeField()  # of life of the agent (T17)
    stopped_at = models.DateTimeField(null=True)  # the time stands still, and the agent still owes what it was for
    stopped_by = models.CharField(max_length=9, choices=StoppedBy, blank=True)
    # T4: goes on though nothing pays: offered until somebody agrees to more, charged from then on.
    goes_on = models.BooleanField(default=False)
    kind = models.CharField(max_length=10, default="chargeable")  # of `WorkSession.Kind`; may be said anew at the stop

    class Meta:
        indexes = [models.Index(fields=["cover"], name="running_work_cover")]

    def __str__(self) -> str:
        return f"{self.agent_id} works for cover {self.cover_id}"

    def end_at(self, at: datetime.datetime) -> datetime.datetime:
        """Until when it has run, seen at `at`."""
        return self.stopped_at or at

    def as_clock(self) -> clocks.AgentClock:
        """The clock as the rules see it."""
        return clocks.AgentClock(
            self.agent_id, self.started_at, self.stopped_at, self.kind not in NOT_CHARGED, goes_on=self.goes_on
        )


class WorkSessionQuerySet(models.QuerySet["WorkSession"]):
    def standing(self) -> Self:
        """Sessions as they stand now: those that no correction has replaced (T14)."""
        return self.filter(replaced_by=None)

    def of(self, cover: Cover) -> Self:
        """All sessions of a cover; `replaced_at` says when a correction replaced one, if it did."""
        return self.filter(cover=cover).annotate(replaced_at=models.F("replaced_by__recorded_at"))


class WorkSession(models.Model):
    """A stretch of worked time by one agent for one cover, to the second. Append-only; `WorkReason` says what for.

    Wrong time is corrected by another session that `replaces` it: shorter, or of another kind (T14).
    """

    class Kind(models.TextChoices):
        CHARGEABLE = "chargeable"
        OFFERED = "offered"  # worked after the paid time ended (T4), or recorded after closing (T14)
        # T3: shown, never charged.
        TRAINING = "training"
        READING = "reading"
        REPAIR = "repair"
        MISTAKEN = "mistaken"  # was never worked: a correction says so (T14)

    cover = models.ForeignKey(Cover, models.PROTECT, related_name="sessions")
    agent = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    replaces = models.OneToOneField("self", models.PROTECT, related_name="replaced_by", null=True)

    objects = WorkSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gt=models.F("started_at")), name="work_session_forward")
        ]
        indexes = [
            models.Index(fields=["cover", "started_at"], name="work_session_cover"),
            models.Index(fields=["agent", "started_at"], name="work_session_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.duration_seconds} s for cover {self.cover_id}"

    @property
    def duration_seconds(self) -> int:
        return int((self.ended_at - self.started_at).total_seconds())

    def as_stretch(self) -> time_worked.Stretch:
        """The session as the rules see it; with `replaced_at`, what was offered stays so, whatever was corrected since
        (T4).
        """
        return time_worked.Stretch(
            start=self.started_at, end=self.ended_at, chargeable=self.kind not in NOT_CHARGED, agent_id=self.agent_id,
            offered=self.kind == self.Kind.OFFERED, counted_until=getattr(self, "replaced_at", None),
        )  # fmt: skip


NOT_CHARGED = {
    WorkSession.Kind.TRAINING, WorkSession.Kind.READING, WorkSession.Kind.REPAIR, WorkSession.Kind.MISTAKEN,
}  # fmt: skip


class WorkReason(models.Model):
    """What the time was for, in the agent's words, and why it was corrected; apart from the session, so that both can
    be emptied.
    """

    session = models.OneToOneField(WorkSession, models.PROTECT, primary_key=True, related_name="reason")
    text = models.CharField(max_length=200)
    correction = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.text


class TrialUse(models.Model):
    """Who had the free minutes (F4): digests of the normalised e-mail address and phone, so that they outlive the
    person.
    """

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="trial_use", primary_key=True)
    email_digest = models.CharField(max_length=64)
    phone_digest = models.CharField(max_length=64, blank=True)
    by_hand = models.BooleanField(default=False)  # the desk granted it although the contact was known
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email_digest"], condition=Q(by_hand=False), name="trial_email_once"),
            models.UniqueConstraint(
                fields=["phone_digest"], condition=Q(by_hand=False) & ~Q(phone_digest=""), name="trial_phone_once"
            ),
        ]
        indexes = [
            models.Index(fields=["email_digest"], name="trial_email"),
            models.Index(fields=["phone_digest"], name="trial_phone"),
        ]

    def __str__(self) -> str:
        return f"trial of {self.customer_id}"
