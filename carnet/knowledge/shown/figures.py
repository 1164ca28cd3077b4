"""Figures in answers, in words: prices, validities and settings as they are now."""

import datetime
from collections.abc import Iterable

from django.template.loader import render_to_string
from django.utils.translation import override

from carnet.catalogue import queries as catalogue
from carnet.catalogue.models import Edition
from carnet.provider import queries as provider
from carnet.web import formats

# The sentence of the front page and of the first question.
HOW_SOON = "components/how_soon.html"


def figures_at(at: datetime.datetime, language: str) -> dict[str, str]:
    """Every figure of `rules.FIGURES` in words: what is on sale at `at`, else empty, and the settings."""
    on_sale = catalogue.offers_on_sale(at)
    ticket, hours = next(iter(on_sale.tokens), None), next(iter(on_sale.hours), None)
    packs = [*on_sale.tokens, *on_sale.hours]
    token_minutes = ticket.token_minutes if ticket else 0
    settings = {
        name: provider.setting(name)
        for name in ("trial_days", "close_after_days", "reopen_days", "order_days", "bounced_days")
    }
    with override(language):
        how_soon = render_to_string(HOW_SOON).strip()
    return {
        "how_soon": how_soon,
        "trial_minutes": _units(on_sale.trial.quantity if on_sale.trial else None, "minute", language),
        "subscription_price": _price(on_sale.subscription, language),
        "ticket_price": _price(ticket, language),
        "token_minutes": _units(token_minutes, "minute", language),
        "twice_token_minutes": _units(2 * token_minutes, "minute", language),
        "smallest_hours": formats.duration((hours.quantity or 0) * 60, language) if hours else "",
        "hours_price": _price(hours, language),
        "validities": _validities(packs, language),
        "shared_packs": _names((one for one in packs if one.shared), language),
        "personal_packs": _names((one for one in packs if not one.shared), language),
        "minute_ceiling": _units(provider.setting("minute_ceiling"), "minute", language),
        **{name: _units(days, "day", language) for name, days in settings.items()},
    }


def _units(count: int | None, unit: str, language: str) -> str:
    return formats.units(count, unit, language) if count else ""


def _price(edition: Edition | None, language: str) -> str:
    return formats.price(edition.price_cents, language) if edition else ""


def _validities(packs: Iterable[Edition], language: str) -> str:
    """6 or 12 months."""
    months = sorted({one.validity_months for one in packs if one.validity_months})
    if not months:
        return ""
    *first, last = months
    either = {"fr": "ou", "en": "or", "es": "o"}[language]
    last_words = formats.units(last, "month", language)
    return f"{', '.join(str(one) for one in first)} {either} {last_words}" if first else last_words


def _names(packs: Iterable[Edition], language: str) -> str:
    return formats.listing([one.offer.name.in_language(language) for one in packs], language)
