"""`{% load opening %}`: opening hours in words; the rules of writing stand in carnet.web.formats."""

import datetime

from django import template

from carnet.kernel import clock, reading
from carnet.provider import queries as provider
from carnet.web import formats

register = template.Library()


@register.filter
def wall_time(at: datetime.datetime | datetime.time) -> str:
    """18:30, as clocks of the provider show it."""
    return formats.time_of_day(
        at.astimezone(provider.time_zone()) if isinstance(at, datetime.datetime) else at, reading.language()
    )


@register.filter
def is_today(at: datetime.datetime) -> bool:
    zone = provider.time_zone()
    return at.astimezone(zone).date() == clock.now().astimezone(zone).date()


@register.filter
def opening(at: datetime.datetime) -> str:
    """at 14:00, tomorrow at 9:00, Monday at 9:00, on 3 January at 9:00."""
    return formats.coming_moment(at, clock.now(), provider.time_zone(), reading.language())


@register.filter
def weekday(number: int) -> str:
    """Monday, for 0."""
    return formats.weekday_name(number, reading.language()).capitalize()
