import datetime
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from carnet.audit.actors import Actor
from carnet.kernel import text
from carnet.people import rules
from carnet.people.rules import Standing

LANGUAGES = [("fr", "Français"), ("en", "English"), ("es", "Español")]


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=text.address(username or ""))


class Person(AbstractBaseUser):
    """Somebody who signs in: for a customer, or for the provider's team. Emptied, never deleted."""

    class Staff(models.TextChoices):
        NONE = ""
        AGENT = "agent"
        OWNER = "owner"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="fr")
    theme = models.CharField(max_length=5, blank=True, default="")  # "", light or dark
    notify_units = models.BooleanField(default=True)  # by mail, when units end or run low
    staff = models.CharField(max_length=5, choices=Staff, blank=True, default=Staff.NONE)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_once")]
        indexes = [
            models.Index(fields=["staff"], name="person_staff"),
            models.Index(fields=["name"], name="person_name"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_team(self) -> bool:
        """Whether this person works at the desk (owner or agent)."""
        return bool(self.staff) and self.is_active

    @property
    def is_owner(self) -> bool:
        return self.staff == self.Staff.OWNER and self.is_active

    @property
    def first_name(self) -> str:
        """The name by which mails and pages greet: up to the first blank; empty if no name is known."""
        return self.name.split(" ", 1)[0]

    def as_actor(self) -> Actor:
        return Actor("team" if self.is_team else "person", self.pk, f"{self.staff or 'person'} {self.pk}")


class Customer(models.Model):
    """A household or a company that has an account. Emptied, never deleted."""

    class Kind(models.TextChoices):
        HOUSEHOLD = "household"
        COMPANY = "company"

    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="fr")
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, default="FR")
    siren = models.CharField(max_length=9, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name", "id"], name="customer_name")]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(ended_at=None)


class Membership(models.Model):
    """What a person may do for a customer; ended when the person is removed (P3), never deleted."""

    class Role(models.TextChoices):
        HOLDER = "holder"
        BUYER = "buyer"
        MEMBER = "member"

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role)
    # P2: a holder reads this person's tickets only if the person allows it (⚙ holder_reads_tickets is its default).
    holder_reads = models.BooleanField(default=False)
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "customer"], condition=models.Q(ended_at=None), name="membership_once"
            )
        ]
        indexes = [models.Index(fields=["customer", "ended_at"], name="membership_customer")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} of {self.customer_id}"

    @property
    def is_holder(self) -> bool:
        return self.role == self.Role.HOLDER

    @property
    def may_open_tickets(self) -> bool:
        """A buyer orders and opens no tickets."""
        return self.role in (self.Role.HOLDER, self.Role.MEMBER)

    @property
    def may_see_units(self) -> bool:
        return self.role in (self.Role.HOLDER, self.Role.BUYER)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def unanswered(self) -> Self:
        """Neither accepted nor withdrawn; some may have ended meanwhile."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """A holder's invitation by e-mail (P1): ends after 7 days, works once, for the address it was sent to."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=6, choices=Membership.Role)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    secret_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=64, unique=True)  # of the form: a second submit finds the first invitation

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_once",
            )
        ]
        indexes = [models.Index(fields=["customer", "created_at"], name="invitation_customer")]

    def __str__(self) -> str:
        return f"{self.email} for {self.customer_id}"

    def standing_at(self, at: datetime.datetime) -> Standing:
        """Whether it can be accepted at `at`, or why not (P1)."""
        return rules.standing(
            accepted_at=self.accepted_at, withdrawn_at=self.withdrawn_at, expires_at=self.expires_at, at=at
        )


class SignUp(models.Model):
    """What a new person wants to open: a customer, once they have confirmed their address; then the row is gone."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="sign_up")
    kind = models.CharField(max_length=10, choices=Customer.Kind)
    customer_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"
