from dataclasses import dataclass

from carnet.knowledge.models import FaqEntry, FaqSection
from carnet.search import rules as search

# What a word found there is worth.
IN_QUESTION, IN_SECTION, IN_ANSWER = 5, 3, 1


@dataclass(frozen=True, slots=True)
class SectionShown:
    section: FaqSection
    entries: list[FaqEntry]


def sections(language: str) -> list[SectionShown]:
    """The FAQ as its page shows it, in one query; sections without an entry in this language are left out."""
    shown: dict[int, SectionShown] = {}
    for entry in FaqEntry.objects.in_language(language):
        shown.setdefault(entry.section_id, SectionShown(entry.section, [])).entries.append(entry)
    return list(shown.values())


def entry(slug: str, language: str) -> FaqEntry | None:
    """The answer of this address in this language, with its section."""
    return FaqEntry.objects.in_language(language).filter(slug=slug).first()


def slugs() -> list[str]:
    """The slugs of all entries, once each, in no order of meaning."""
    return sorted(set(FaqEntry.objects.values_list("slug", flat=True)))


def found(words: str, language: str) -> list[FaqEntry]:
    """The entries that fit the words searched for, best first; none if the words say nothing.

    Every entry of the language is read and compared in memory, without an index: one query, and milliseconds for a
    hundred entries. A word counts more in a question than in an answer, and more the fewer entries have it; its
    beginning is enough. Entries that fit less than half of the words are left out.
    """
    wanted = list(dict.fromkeys(search.stems(words, language)))
    if not wanted:
        return []
    entries = list(FaqEntry.objects.in_language(language))
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


def _worths(entry_: FaqEntry, wanted: list[str]) -> list[int]:
    """For each wanted stem, what it is worth in this entry; 0 if it is not there."""
    places = [
        (IN_QUESTION, search.stems(entry_.question, entry_.language)),
        (IN_SECTION, search.stems(entry_.section.title.in_language(entry_.language), entry_.language)),
        (IN_ANSWER, search.stems(entry_.answer, entry_.language)),
    ]
    return [sum(points for points, stems in places if any(stem.startswith(one) for stem in stems)) for one in wanted]
