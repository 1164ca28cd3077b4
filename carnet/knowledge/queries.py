import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import override

from carnet.catalogue import queries as catalogue
from carnet.catalogue.models import Edition
from carnet.knowledge import rules
from carnet.knowledge.models import FaqEntry, FaqSection
from carnet.provider import queries as provider
from carnet.search import rules as search
from carnet.web import formats

# The sentence of the front page and of the first question.
HOW_SOON = "components/how_soon.html"
# What a word found there is worth.
IN_QUESTION, IN_SECTION, IN_ANSWER = 5, 3, 1


@dataclass(frozen=True, slots=True)
class SectionShown:
    section: FaqSection
    entries: list[FaqEntry]


def sections(language: str, at: datetime.datetime) -> list[SectionShown]:
    """The FAQ as its page shows it, with the figures of `at`; without sections that have no entry in this language."""
    shown: dict[int, SectionShown] = {}
    for entry in _entries(language, at):
        shown.setdefault(entry.section_id, SectionShown(entry.section, [])).entries.append(entry)
    return list(shown.values())


def entry(slug: str, language: str, at: datetime.datetime) -> FaqEntry | None:
    """The answer of this address in this language, with its section and the figures of `at`."""
    return next(iter(_entries(language, at, slug=slug)), None)


def slugs() -> list[str]:
    """The slugs of all entries, once each, in no order of meaning."""
    return sorted(set(FaqEntry.objects.values_list("slug", flat=True)))


def found(words: str, language: str, at: datetime.datetime) -> list[FaqEntry]:
    """The entries that fit the words searched for, best first; none if the words say nothing.

    Every entry of the language is read and compared in memory, without an index: two queries, and milliseconds for a
    hundred entries. A word counts more in a question than in an answer, and more the fewer entries have it; its
    beginning is enough. Entries that fit less than half of the words are left out.
    """
    wanted = list(dict.fromkeys(search.stems(words, language)))
    if not wanted:
        return []
    entries = _entries(language, at)
    worths = [_worths(entry, wanted) for entry in entries]
    holding = [sum(1 for worth in worths if worth[position]) for position in range(len(wanted))]
    ranked = []
    for position, (entry_, worth) in enumerate(zip(entries, worths, strict=True)):
        if 2 * sum(1 for points in worth if points) >= len(wanted):
            score = sum(
                points * len(entries) // holders for points, holders in zip(worth, holding, strict=True) if holders
            )
            ranked.append((-score, position, entry_))
    return [entry_ for _score, _position, entry_ in sorted(ranked, key=lambda one: one[:2])]


def _entries(language: str, at: datetime.datetime, **wanted: str) -> list[FaqEntry]:
    """Entries as they are read: their figures filled in, with one more query for what is on sale."""
    entries = list(FaqEntry.objects.in_language(language).filter(**wanted))
    if any(rules.has_figures(one.question + one.answer) for one in entries):
        known = figures(language, at)
        for one in entries:
            one.question, one.answer = rules.filled(one.question, known), rules.filled(one.answer, known)
    return entries


def figures(language: str, at: datetime.datetime) -> dict[str, str]:
    """Every figure of `rules.FIGURES` in words: what is on sale at `at`, else empty, and the settings."""
    on_sale = catalogue.offers_on_sale(at)
    ticket, hours = next(iter(on_sale.tokens), None), next(iter(on_sale.hours), None)
    packs = [*on_sale.tokens, *on_sale.hours]
    token_minutes = ticket.token_minutes if ticket else 0
    settings = {
        name: provider.setting(name) for name in ("trial_days", "close_after_days", "reopen_days", "order_days")
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


def _worths(entry_: FaqEntry, wanted: list[str]) -> list[int]:
    """For each wanted stem, what it is worth in this entry; 0 if it is not there."""
    places = [
        (IN_QUESTION, search.stems(entry_.question, entry_.language)),
        (IN_SECTION, search.stems(entry_.section.title.in_language(entry_.language), entry_.language)),
        (IN_ANSWER, search.stems(entry_.answer, entry_.language)),
    ]
    return [sum(points for points, stems in places if any(stem.startswith(one) for stem in stems)) for one in wanted]
