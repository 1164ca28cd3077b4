"""Questions and answers as readers see them, their figures filled in."""

import datetime
from dataclasses import dataclass

from carnet.knowledge import rules
from carnet.knowledge.models import FaqEntry, FaqSection
from carnet.knowledge.shown import figures
from carnet.search import rules as search

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
        known = figures.figures_at(at, language)
        for one in entries:
            one.question, one.answer = rules.filled(one.question, known), rules.filled(one.answer, known)
    return entries


def _worths(entry_: FaqEntry, wanted: list[str]) -> list[int]:
    """For each wanted stem, what it is worth in this entry; 0 if it is not there."""
    places = [
        (IN_QUESTION, search.stems(entry_.question, entry_.language)),
        (IN_SECTION, search.stems(entry_.section.title.in_language(entry_.language), entry_.language)),
        (IN_ANSWER, search.stems(entry_.answer, entry_.language)),
    ]
    return [sum(points for points, stems in places if any(stem.startswith(one) for stem in stems)) for one in wanted]
