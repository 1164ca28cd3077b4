"""The examples of P1 and F4 that are decisions on values."""

import datetime
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from carnet.people import rules
from carnet.people.rules import Standing

PARIS = ZoneInfo("Europe/Paris")
SENT = datetime.datetime(2027, 3, 22, 22, 59, tzinfo=UTC)  # 22 March 23:59 in Paris
END = datetime.datetime(2027, 3, 28, 22, tzinfo=UTC)  # 29 March 00:00, the clocks went forward on the 28th


def test_P1_an_invitation_ends_after_7_days() -> None:
    assert rules.invitation_end(SENT, PARIS) == END
    assert rules.last_day(END, PARIS) == datetime.date(2027, 3, 28)


@pytest.mark.parametrize(
    ("accepted", "withdrawn", "late", "standing"),
    [
        (False, False, False, Standing.OPEN),
        (False, False, True, Standing.EXPIRED),
        (True, False, False, Standing.ACCEPTED),
        (True, True, True, Standing.ACCEPTED),
        (False, True, True, Standing.WITHDRAWN),
    ],
)
def test_P1_an_invitation_works_once_until_it_ends(
    accepted: bool, withdrawn: bool, late: bool, standing: Standing
) -> None:
    found = rules.standing(
        accepted_at=SENT if accepted else None,
        withdrawn_at=SENT if withdrawn else None,
        expires_at=END,
        at=END if late else END - timedelta(seconds=1),
    )
    assert found is standing


def test_a_hundred_invitations_a_day() -> None:
    assert rules.may_invite(99)
    assert not rules.may_invite(100)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.b+x@gmail.com", "ab@gmail.com"),
        ("A.B@GoogleMail.com", "ab+trial@gmail.com"),
        (" Anne@Example.org ", "anne@example.org"),
        ("anne+carnet@example.org", "anne@example.org"),
        ("anne@example.org.", "anne@example.org"),
    ],
)
def test_F4_the_same_address(one: str, other: str) -> None:
    assert rules.normalised_email(one) == rules.normalised_email(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.b@example.org", "ab@example.org"),
        ("anne@example.org", "anne@example.com"),
        ("+anne@example.org", "+ben@example.org"),
        ("anne@gmail.com", "anne@gmail.example.org"),
    ],
)
def test_F4_different_addresses(one: str, other: str) -> None:
    assert rules.normalised_email(one) != rules.normalised_email(other)


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "ES", "+33612345678"),
        ("0033 6 12 34 56 78", "FR", "+33612345678"),
        ("612 345 678", "ES", "+34612345678"),
        ("06 12 34 56 78 ext 5", "FR", "+33612345678"),
        ("12", "FR", None),
        ("", "FR", None),
        ("call my brother", "FR", None),
    ],
)
def test_F4_a_phone_number_however_it_was_typed(typed: str, country: str, number: str | None) -> None:
    assert rules.normalised_phone(typed, country) == number
