import datetime

from django.db import transaction

from carnet.audit.actors import Actor
from carnet.kernel.refused import Refused
from carnet.provider import queries as provider
from carnet.tickets import rules
from carnet.tickets.actions import audit_trail
from carnet.tickets.models import Rating, RatingChange, Ticket


class NotYours(Refused):
    """Only who asked rates (M4)."""

    code = "tickets.rating_not_yours"


class NothingToRate(Refused):
    """The ticket is not closed, or nobody ever answered it."""

    code = "tickets.nothing_to_rate"


class RatingTooLate(Refused):
    """It was first rated more than 14 days ago (M4)."""

    code = "tickets.rating_too_late"


class ScoreOutOfRange(Refused):
    """A score is 1 to 5."""

    code = "tickets.score_out_of_range"
    field = "score"


@transaction.atomic
def rate_ticket(
    *, ticket: Ticket, score: int, comment: str, may_publish: bool, by: Actor, at: datetime.datetime
) -> Rating:
    """Give a closed ticket 1 to 5, by the person who asked and nobody else (M4).

    One rating per ticket: another one within 14 days of the first changes it, and it stays in the month first
    given; the same again changes nothing. Every score is kept for the published figures (M6). Refuses `NotYours`,
    `NothingToRate` (not closed, or closed without any answer), `RatingTooLate` and `ScoreOutOfRange`.
    """
    if not 1 <= score <= 5:
        raise ScoreOutOfRange
    ticket = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if ticket.asked_by_id != by.id:
        raise NotYours
    if not ticket.is_closed or ticket.first_answer_at is None:
        raise NothingToRate
    rating = Rating.objects.filter(ticket=ticket).first()
    if rating and not rules.may_change_rating(rating.first_at, at, provider.time_zone()):
        raise RatingTooLate
    comment = comment.strip()
    if rating and (rating.score, rating.comment, rating.may_publish) == (score, comment, may_publish):
        return rating
    rating = rating or Rating(ticket=ticket, first_at=at)
    before = rating.score
    rating.score, rating.comment, rating.may_publish, rating.changed_at = score, comment, may_publish, at
    rating.save()
    if before != score:
        RatingChange.objects.create(ticket=ticket, score=score, at=at)
    audit_trail.record("ticket.rated", ticket, by=by, at=at, score=score, may_publish=may_publish)
    return rating
