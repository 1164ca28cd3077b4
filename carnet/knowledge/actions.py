import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.kernel.refused import Refused
from carnet.knowledge import rules
from carnet.knowledge.models import FaqEntry, FaqSection


class UnknownFigure(Refused):
    """A text names a figure in braces that nothing fills."""

    code = "knowledge.unknown_figure"
    field = "answer"


@transaction.atomic
def write_section(*, slug: str, position: int, title: dict[str, str], by: Actor, at: datetime.datetime) -> FaqSection:
    """Write a section of the FAQ; the same slug again changes it."""
    section = FaqSection.objects.select_for_update().filter(slug=slug).first() or FaqSection(slug=slug)
    section.position, section.title = position, title
    section.full_clean()
    section.save()
    audit.record("faq_section.written", by=by, at=at, subject=("faq_section", section.pk))
    return section


@transaction.atomic
def write_entry(
    *,
    section: FaqSection,
    language: str,
    slug: str,
    position: int,
    question: str,
    answer: str,
    by: Actor,
    at: datetime.datetime,
) -> FaqEntry:
    """Write a question and its answer (Markdown) in one language; the same slug and language again changes them.

    Both may name the figures of `rules.FIGURES` in braces. Refuses `UnknownFigure`.
    """
    if unknown := rules.unknown_figures(question + answer):
        raise UnknownFigure(names=", ".join(unknown), known=", ".join(rules.FIGURES))
    entry = FaqEntry.objects.select_for_update().filter(slug=slug, language=language).first()
    entry = entry or FaqEntry(slug=slug, language=language)
    entry.section, entry.position, entry.question, entry.answer = section, position, question, answer
    entry.changed_at = at
    entry.full_clean()
    entry.save()
    audit.record("faq_entry.written", by=by, at=at, subject=("faq_entry", entry.pk))
    return entry
