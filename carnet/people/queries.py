import datetime
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Replace

from carnet.kernel import keys, sql, text
from carnet.people import rules
from carnet.people.models import Customer, Invitation, Membership, Person
from carnet.people.rules import Standing
from carnet.provider import queries as provider

# Fewer digits are another number; beyond the last nine, +33 6… and 06… differ.
PHONE_DIGITS = (6, 9)


@dataclass(frozen=True, slots=True)
class InvitationShown:
    """An invitation as holders see it: what became of it, and the last day on which it can be accepted."""

    invitation: Invitation
    standing: Standing
    last_day: datetime.date


def active_memberships(person: Person) -> list[Membership]:
    """The customers that the person belongs to now, by name, each with its customer loaded (P4)."""
    active = Membership.objects.active().filter(person=person)
    found = list(active.select_related("customer").order_by("customer__name", "id"))
    for membership in found:
        membership.person = person
    return found


def active_membership(person: Person, customer: Customer) -> Membership | None:
    """What the person is to the customer now; None for a stranger and once removed."""
    return Membership.objects.active().filter(person=person, customer=customer).first()


def membership_now(person_id: int, customer_id: int) -> sql.Statement:
    """The statement that answers with it, a row or none, for callers that ask for more at once."""
    rest = "WHERE person_id = %s AND customer_id = %s AND ended_at IS NULL"
    return sql.rows(Membership, rest=rest, values=[person_id, customer_id])


def memberships_of(customer: Customer) -> list[Membership]:
    """Everybody who belongs to the customer now: holders first, then by name; persons loaded."""
    found = (
        Membership.objects.active().filter(customer=customer).select_related("person").order_by("person__name", "pk")
    )
    return sorted(found, key=lambda one: not one.is_holder)


def holders_of(customer: Customer) -> list[Person]:
    """The customer's holders, the earliest first. A customer has at least one."""
    held = Membership.objects.active().filter(customer=customer, role=Membership.Role.HOLDER)
    return [membership.person for membership in held.select_related("person").order_by("since_at", "pk")]


def owners() -> list[Person]:
    """Who owns the business, by number."""
    return list(Person.objects.filter(staff=Person.Staff.OWNER, is_active=True).order_by("pk"))


def person_with_address(email: str) -> Person | None:
    """The person who has proved that this address is theirs, in any case. A sign-up never confirmed is nobody."""
    proved = EmailAddress.objects.filter(email=text.address(email), verified=True).select_related("user").first()
    return proved.user if proved else None


def has_proved_address(person: Person) -> bool:
    """Whether the person has confirmed the address with which they sign in."""
    return EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists()


def invitations_shown(customer: Customer, at: datetime.datetime) -> list[InvitationShown]:
    """The customer's invitations that nobody accepted or withdrew, the newest first; some may have ended (P1)."""
    unanswered = Invitation.objects.unanswered().filter(customer=customer).order_by("-created_at", "-pk")
    zone = provider.time_zone()
    return [InvitationShown(one, one.standing_at(at), rules.last_day(one.expires_at, zone)) for one in unanswered]


def invitation_with(secret: str) -> Invitation | None:
    """The invitation whose link carries this secret, its customer and who invited loaded."""
    found = Invitation.objects.select_related("customer", "invited_by")
    return found.filter(secret_digest=keys.digest(secret)).first()


def team() -> QuerySet[Person]:
    """The provider's people who work at the desk now, by name."""
    return Person.objects.exclude(staff="").filter(is_active=True).order_by("name", "pk")


def persons_found(words: str) -> QuerySet[Person]:
    """Persons by a part of their name or e-mail address, or of their phone however it is written; in no order."""
    who = Q(name__contains_folded=words) | Q(email__contains_folded=words)
    digits = _digits(words)
    if len(digits) < PHONE_DIGITS[0]:
        return Person.objects.filter(who)
    # The nought in front of a number is not written behind +33.
    digits = digits.lstrip("0") or digits
    return Person.objects.annotate(digits=_without_blanks("phone")).filter(who | Q(digits__contains=digits))


def _digits(words: str) -> str:
    """The digits by which a phone is compared if these words are one, without what differs at home and abroad."""
    if not set(words) <= set("0123456789 +.-/()"):
        return ""
    return "".join(filter(str.isdecimal, words))[-PHONE_DIGITS[1] :]


def _without_blanks(field: str) -> Replace:
    expression: F | Replace = F(field)
    for character in " .-/()":
        expression = Replace(expression, Value(character), Value(""))
    assert isinstance(expression, Replace)
    return expression
