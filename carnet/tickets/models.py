from typing import Self

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Q

from carnet.files.models import StoredFile
from carnet.people.models import LANGUAGES, Customer, Membership, Person
from carnet.work.models import Cover

# Carnet's own signature on the number of a first question: nothing secret stands in the database.
_LINKS = Signer(sep=".", salt="tickets.first_question")


class Criticality(models.TextChoices):
    """How badly it hurts, said by the customer; the agent may change it and the customer sees it (M7)."""

    BLOCKED = "blocked"
    HINDERED = "hindered"
    QUESTION = "question"


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, person: Person) -> Self:
        """Tickets whose contents this person may read (P2, P3).

        The team: all. Others: their own while they belong to the customer; and as a holder those of persons who allow
        it, or allowed it until they were removed.
        """
        if person.is_team:
            return self
        mine = Membership.objects.active().filter(person=person)
        held = mine.filter(role=Membership.Role.HOLDER).values("customer")
        allowing = Membership.objects.filter(
            customer=models.OuterRef("customer"), person=models.OuterRef("asked_by"), holder_reads=True
        )
        return self.filter(
            Q(asked_by=person, customer__in=mine.values("customer")) | Q(models.Exists(allowing), customer__in=held)
        )

    def listed_for(self, person: Person) -> Self:
        """Tickets of which this person may know number, date, person and cost: their own, and as a holder all (P2)."""
        if person.is_team:
            return self
        mine = Membership.objects.active().filter(person=person)
        return self.filter(
            Q(asked_by=person, customer__in=mine.values("customer"))
            | Q(customer__in=mine.filter(role=Membership.Role.HOLDER).values("customer"))
        )

    def locked(self, number: int) -> "Ticket":
        """The ticket and its cover under the lock of the customer's ledger, with who decides."""
        # All three are locked, in this order: of rows that waited for a lock the database then shows what stands now.
        rows = self.select_for_update(of=("self", "customer__ledger", "cover"))
        beside = ("customer__ledger", "cover__person", "asked_by", "passed_to")
        ticket = rows.select_related(*beside).get(pk=number, customer__ledger__isnull=False)
        ticket.cover.customer = ticket.customer
        return ticket

    def open(self) -> Self:
        # Named one by one, so that both databases find them by their index.
        return self.filter(state__in=(Ticket.State.OPEN, Ticket.State.ASKED_BACK, Ticket.State.ANSWERED))

    def closed(self) -> Self:
        return self.filter(state=Ticket.State.CLOSED)

    def in_queue(self) -> Self:
        """What waits for us and has cover (M7): what waits for the customer or for cover is not in the queue."""
        # Few covers wait. Asked this way round, the database reads open tickets in their order and stops after a page.
        waiting = Cover.objects.filter(state=Cover.State.WAITING).values("pk")
        return self.filter(state=Ticket.State.OPEN).exclude(cover__in=waiting)

    def waiting_for_customer(self) -> Self:
        """Asked back or answered: the next word is the customer's (T13, T16)."""
        return self.filter(state__in=(Ticket.State.ASKED_BACK, Ticket.State.ANSWERED))

    def waiting_for_cover(self) -> Self:
        """Kept and told, and not worked on until something pays for it (T5, T15)."""
        return self.open().filter(cover__state=Cover.State.WAITING)


class Ticket(models.Model):
    """One subject, from question to satisfying answer, with all exchanges. Its number is its id."""

    class State(models.TextChoices):
        OPEN = "open"  # waits for us (or for cover, which is read from `cover`)
        ASKED_BACK = "asked_back"  # waits for the customer's answer
        ANSWERED = "answered"  # an answer that «should solve it» was given (T13)
        CLOSED = "closed"

    class Origin(models.TextChoices):
        WEB = "web"
        TRIAL = "trial"
        TEAM = "team"  # by phone, or split off (T6)

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tickets")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="tickets_asked")
    assigned_to = models.ForeignKey(Person, models.PROTECT, related_name="tickets_assigned", null=True)
    cover = models.OneToOneField(Cover, models.PROTECT, related_name="ticket")
    origin = models.CharField(max_length=5, choices=Origin, default=Origin.WEB)
    subject = models.CharField(max_length=200)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    criticality = models.CharField(max_length=8, choices=Criticality)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    waits_since = models.DateTimeField()  # since when it is the turn of whoever the state says (M7, T13, T16)
    due_at = models.DateTimeField(null=True)  # waits_since + target in opening time (M7); null when it's not our turn
    first_answer_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)  # the last «should solve it» (T13)
    reminded_at = models.DateTimeField(null=True)  # of this wait; empty again when the turn changes
    # P3: the holder who decides for a removed member (closes it, agrees to more); `asked_by` stays who asked.
    passed_to = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True)
    # T8: reopened after the days in which its count goes on: what failed is repaired, free of charge.
    only_repair = models.BooleanField(default=False)
    split_from = models.ForeignKey("self", models.PROTECT, related_name="split_off", null=True)  # T6
    merged_into = models.ForeignKey("self", models.PROTECT, related_name="merged", null=True)  # T10
    key = models.CharField(max_length=64, unique=True)  # of the form: a second submit finds the first ticket

    objects = TicketQuerySet.as_manager()

    class Meta:
        indexes = [
            # Few tickets are open, however many there are: the desk's lists and the periodic tasks read these two only.
            models.Index(fields=["state", "due_at", "id"], name="ticket_due"),
            models.Index(fields=["state", "waits_since", "id"], name="ticket_waits"),
            models.Index(fields=["customer", "-opened_at"], name="ticket_customer"),
            models.Index(fields=["asked_by", "-opened_at"], name="ticket_asker"),
            models.Index(fields=["-opened_at", "-id"], name="ticket_opened"),
        ]

    def __str__(self) -> str:
        return f"ticket {self.pk}"

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED


class Message(models.Model):
    """One message of the exchange, or an internal note of the team."""

    class Kind(models.TextChoices):
        QUESTION = "question"  # from the customer's side
        ANSWER = "answer"  # public, from a person of the team
        NOTE = "note"  # internal
        NOTICE = "notice"  # written by Carnet itself; does not count as a first response (M1)

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="messages")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField()
    should_solve = models.BooleanField(default=False)
    at = models.DateTimeField()
    key = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [models.Index(fields=["ticket", "at", "id"], name="message_ticket")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} of {self.ticket_id}"


class Attachment(models.Model):
    """A stored file that belongs to a message."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="attachments")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="attachment")

    def __str__(self) -> str:
        return f"file {self.file_id} of message {self.message_id}"


class Closure(models.Model):
    """That a ticket was closed, how and at what price. Append-only: reopening and closing again adds another."""

    class How(models.TextChoices):
        SOLVED = "solved"  # the customer's word (T13)
        SILENCE = "silence"  # T13, T16
        NO_COVER = "no_cover"  # T5, T15
        CANCELLED = "cancelled"  # T9
        SPAM = "spam"
        DUPLICATE = "duplicate"
        OUT_OF_SCOPE = "out_of_scope"
        UNSOLVABLE = "unsolvable"
        MERGED = "merged"  # T10

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="closures")
    at = models.DateTimeField()
    how = models.CharField(max_length=12, choices=How)
    rule = models.CharField(max_length=10)
    worked_seconds = models.PositiveIntegerField()  # W of T2, before it is cut down to whole minutes
    waived = models.BooleanField(default=False)  # T9: nothing of it was charged
    price_tokens = models.PositiveIntegerField()
    price_minutes = models.PositiveIntegerField()
    free_minutes = models.PositiveIntegerField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["ticket", "at"], name="closure_ticket")]

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} {self.how}"


class Rating(models.Model):
    """1 to 5 by the person who asked, once per ticket, changeable for 14 days, in the month first given (M4)."""

    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="rating", primary_key=True)
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    may_publish = models.BooleanField(default=False)  # the author's consent to show the comment, without names
    first_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__gte=1) & Q(score__lte=5), name="rating_1_to_5")]
        indexes = [models.Index(fields=["first_at"], name="rating_first_at")]

    def __str__(self) -> str:
        return f"{self.score} of 5 for ticket {self.ticket_id}"


class RatingChange(models.Model):
    """Every score that was ever given, append-only, so that published figures can be recomputed (M6)."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="rating_changes")
    score = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.score} for ticket {self.ticket_id}"


class FirstQuestionQuerySet(models.QuerySet["FirstQuestion"]):
    def with_token(self, token: str) -> Self:
        """The question that the link of a mail leads to; none if the token was not made by us."""
        try:
            return self.filter(pk=_LINKS.unsign(token))
        except BadSignature:
            return self.none()


class FirstQuestion(models.Model):
    """A visitor's first question, kept until the e-mail address is confirmed; then it becomes a ticket (F1)."""

    key = models.CharField(max_length=64, unique=True)
    email = models.EmailField()
    name = models.CharField(max_length=120)
    customer_kind = models.CharField(max_length=10, choices=Customer.Kind)
    customer_name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    criticality = models.CharField(max_length=8, choices=Criticality)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()  # when the link last went out
    expires_at = models.DateTimeField()
    ticket = models.OneToOneField(Ticket, models.PROTECT, null=True, related_name="first_question")
    files_removed = models.PositiveSmallIntegerField(default=0)  # so many, because nobody confirmed it for a day
    confirmed_key = models.CharField(max_length=64, blank=True)  # of the page that confirmed it

    objects = FirstQuestionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="first_question_expires"),
            models.Index(fields=["email", "created_at"], name="first_question_email"),
        ]

    def __str__(self) -> str:
        return f"first question {self.pk}"

    @property
    def token(self) -> str:
        """What the mail's link carries: the number, signed. The same in every mail, so that none of them misleads."""
        return _LINKS.sign(str(self.pk))


class FirstQuestionFile(models.Model):
    """A file that came with a first question and moves to the ticket's first message."""

    question = models.ForeignKey(FirstQuestion, models.PROTECT, related_name="files")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"file {self.file_id} of {self.question_id}"


class ContactMessage(models.Model):
    """What anyone wrote in the contact form, or declared: stored, acknowledged, listed and answered at the desk."""

    class Kind(models.TextChoices):
        MESSAGE = "message"
        WITHDRAWAL = "withdrawal"  # a consumer withdraws from a contract; `subject` says from which
        ENDING = "ending"  # somebody ends a contract; `subject` says which

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MESSAGE)
    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField()
    language = models.CharField(max_length=2, choices=LANGUAGES)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField()
    suspect = models.BooleanField(default=False)  # held back as probable spam: listed apart, not acknowledged
    read_at = models.DateTimeField(null=True)
    # What it became: a ticket of somebody known, a question that its sender must confirm, a customer.
    ticket = models.OneToOneField(Ticket, models.PROTECT, null=True, related_name="contact_message")
    first_question = models.OneToOneField(FirstQuestion, models.PROTECT, null=True, related_name="contact_message")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="contact_messages")

    class Meta:
        indexes = [
            models.Index(fields=["suspect", "-at"], name="contact_message_list"),
            models.Index(fields=["email", "at"], name="contact_message_email"),
        ]

    def __str__(self) -> str:
        return f"contact message {self.pk}"


class ContactReply(models.Model):
    """Our answer to a contact message, as it was mailed."""

    message = models.ForeignKey(ContactMessage, models.PROTECT, related_name="replies")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()
    key = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [models.Index(fields=["message", "at"], name="contact_reply_message")]

    def __str__(self) -> str:
        return f"answer {self.pk} to contact message {self.message_id}"


class Draft(models.Model):
    """What an agent has typed and not sent yet, kept on the server per agent and ticket."""

    agent = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="drafts")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "ticket"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.agent_id} for {self.ticket_id}"
