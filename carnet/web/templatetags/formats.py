"""Filters that write money, time and numbers in the page's language; the rules stand in carnet.web.formats."""

import datetime
from collections.abc import Iterable
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from carnet.kernel import clock as the_clock
from carnet.kernel import reading
from carnet.provider import queries as provider
from carnet.web import formats

register = template.Library()
SOON = datetime.timedelta(hours=1)


@register.filter
def money(cents: int | None) -> str:
    """240,00 €"""
    return "" if cents is None else formats.money(cents, reading.language())


@register.filter
def email(address: str) -> SafeString | str:
    """An address of e-mail, which breaks before its @ where it is too long for its line."""
    name, at, host = address.rpartition("@")
    return format_html("{}<wbr>@{}", name, host) if at else address


@register.filter
def whole(number: str) -> SafeString:
    """A number of a document, F2027-000012, which does not break at its hyphen."""
    return format_html('<span class="nowrap">{}</span>', number)


@register.filter
def price(cents: int | None) -> str:
    """29 €, as on a price tag."""
    return "" if cents is None else formats.price(cents, reading.language())


@register.filter
def number(value: int | Decimal | None, places: int = 0) -> str:
    """1 234; with decimals `{{ average|number:1 }}`."""
    return "" if value is None else formats.number(value, reading.language(), places)


@register.filter
def percent(share: Decimal | None) -> str:
    """0.95 is 95 %."""
    return "" if share is None else formats.percent(share, reading.language())


@register.filter
def duration(seconds: int | None) -> str:
    """1 h 12: worked seconds, cut down to whole minutes."""
    return "" if seconds is None else formats.duration(seconds, reading.language())


@register.filter
def minutes(count: int | None) -> str:
    """2 h 11, from a number of minutes."""
    return "" if count is None else formats.duration(count * 60, reading.language())


@register.filter
def clock(seconds: int | None) -> str:
    """10:20, to the second."""
    return "" if seconds is None else formats.clock(seconds)


@register.filter
def units(count: int | None, unit: str) -> str:
    """`{{ left|units:"token" }}` is 7 tickets, also with minute, day, month."""
    return "" if count is None else formats.units(count, unit, reading.language())


@register.filter
def amount(count: int | None, unit: str) -> str:
    """`{{ left|amount:lot.unit }}` is 7 tickets, or of minutes 3 h 37."""
    return "" if count is None else formats.amount(count, unit, reading.language())


@register.filter
def day(on: datetime.date | None, style: str = "") -> SafeString | str:
    """3 May 2027; `{{ on|day:"weekday" }}` is Monday 3 May 2027. For dates of the calendar, not for instants."""
    if on is None:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>', on.isoformat(), formats.day(on, reading.language(), style == "weekday")
    )


@register.filter
def moment(at: datetime.datetime | None) -> SafeString | str:
    """yesterday 16:40, in the provider's time zone; the whole of it when pointed at."""
    if at is None:
        return ""
    zone, language = provider.time_zone(), reading.language()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        formats.exact_moment(at, zone, language),
        formats.moment(at, the_clock.now(), zone, language),
    )


@register.filter
def exact(at: datetime.datetime | None) -> SafeString | str:
    """Sunday 22 November 2026, 16:40."""
    if at is None:
        return ""
    words = formats.exact_moment(at, provider.time_zone(), reading.language())
    return format_html(
        '<time datetime="{}">{}</time>', at.astimezone(datetime.UTC).isoformat(timespec="seconds"), words
    )


@register.filter
def due(at: datetime.datetime | None) -> SafeString | str:
    """in 35 min, 8 min late: when an answer is due, heavier the nearer it is."""
    if at is None:
        return ""
    now, zone, language = the_clock.now(), provider.time_zone(), reading.language()
    return format_html(
        '<time class="due{}" datetime="{}" title="{}">{}</time>',
        " late" if at < now else " soon" if at - now <= SOON else "",
        at.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        formats.exact_moment(at, zone, language),
        formats.distance(at, now, zone, language),
    )


@register.filter
def phone_link(number: str) -> str:
    """A phone number as an address of the kind tel: digits and a leading plus."""
    return "".join(character for character in number if character in "+0123456789")


@register.filter
def file_size(size: int | None) -> str:
    """340 kB"""
    return "" if size is None else formats.file_size(size, reading.language())


@register.filter
def listing(names: Iterable[object]) -> str:
    """Hugo, Léa and Paul."""
    return formats.listing([str(name) for name in names], reading.language())


@register.filter
def typo(text: object) -> str:
    """Narrow no-break spaces of French, for our own texts that come without them. Escaped by the template as usual."""
    return formats.typography(str(text), reading.language())


@register.filter
def initials(name: object) -> str:
    """Léa Morel is LM."""
    return formats.initials(str(name))
