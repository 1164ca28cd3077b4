"""Invitations (P1), and when two contacts are the same (F4), as decisions on values."""

import datetime
import re
import unicodedata
from enum import StrEnum
from zoneinfo import ZoneInfo

import phonenumbers

from carnet.kernel import calendar, text
from carnet.limits.rules import DAY, Limit

INVITATION_DAYS = 7
# So that a stolen or careless account can't be used to mail the world.
INVITATIONS_A_DAY = 100
# The same person may hold several customers, and found more of them.
BY_ONE_PERSON = Limit("invitations by a person", 40, DAY)
TO_ONE_ADDRESS = Limit("invitations to an address", 3, DAY)
CUSTOMERS_OF_ONE_PERSON = Limit("customers founded by a person", 5, DAY)

# What somebody reads who does not know us may carry no advertisement: a word that looks like an address is left out.
# Full stops of other scripts lead to the same address.
NAME_IN_MAIL = 40
_ADDRESS = re.compile(r"\S*(?://|www\.|@|\w[.。]\w{2,})\S*", re.IGNORECASE)

# Mail services that ignore dots in the name of a mailbox, and the other domains by which their mailboxes are reached.
IGNORE_DOTS = frozenset({"gmail.com"})
SAME_DOMAIN = {"googlemail.com": "gmail.com"}


class Standing(StrEnum):
    """What became of an invitation."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


def invitation_end(sent_at: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
    """When an invitation ends: «after 7 days» begins at 00:00 of the date 7 days on, in the provider's zone (P1)."""
    return calendar.after_days(calendar.date_on(sent_at, zone), INVITATION_DAYS, zone)


def last_day(expires_at: datetime.datetime, zone: ZoneInfo) -> datetime.date:
    """The last date on which an invitation that ends then can be accepted."""
    return calendar.date_on(expires_at - datetime.timedelta(seconds=1), zone)


def standing(
    *,
    accepted_at: datetime.datetime | None,
    withdrawn_at: datetime.datetime | None,
    expires_at: datetime.datetime,
    at: datetime.datetime,
) -> Standing:
    """Whether an invitation can be accepted at `at`: it works once, until it is withdrawn or ends (P1)."""
    if accepted_at is not None:
        return Standing.ACCEPTED
    if withdrawn_at is not None:
        return Standing.WITHDRAWN
    return Standing.OPEN if at < expires_at else Standing.EXPIRED


def may_invite(sent_today: int) -> bool:
    """Whether one more invitation may leave today."""
    return sent_today < INVITATIONS_A_DAY


def name_in_mail(name: str) -> str:
    """A name for a mail to an address that nobody has confirmed: on one line, without addresses, 40 characters at
    most; «…» if nothing is left of it.
    """
    line = "".join(
        character if unicodedata.category(character)[0] != "C" else " "
        for character in unicodedata.normalize("NFKC", name)
    )
    line = " ".join(_ADDRESS.sub(" ", line).split())
    if len(line) > NAME_IN_MAIL:
        line = line[: NAME_IN_MAIL - 1].rstrip() + "…"
    return line or "…"


def normalised_email(address: str) -> str:
    """F4: the form in which two addresses of one mailbox are the same; to compare with, never to write to.

    Beyond the one form of every address, what follows a + in the name is left out, dots are where the service ignores
    them. On other services dots tell mailboxes apart and stay.
    """
    name, _at, domain = text.address(address).rpartition("@")
    domain = SAME_DOMAIN.get(domain, domain)
    # A name that begins with + keeps it: without, strangers would have the same empty one.
    name = name.partition("+")[0] or name
    if domain in IGNORE_DOTS:
        name = name.replace(".", "")
    return f"{name}@{domain}"


def normalised_phone(number: str, country: str) -> str | None:
    """F4: a phone number as +33612345678, however it was typed; None if it can't be one, or nothing was typed.

    `country` (FR, ES …) is where a number without an international prefix belongs. An extension is left out.
    """
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
