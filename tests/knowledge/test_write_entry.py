import datetime

import pytest
from django.core.exceptions import ValidationError

from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.knowledge import actions, queries
from carnet.knowledge.models import FaqEntry, FaqSection
from carnet.knowledge.shown import faq

pytestmark = pytest.mark.django_db

OWNER = Actor("team", 7, "owner 7")
AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)


@pytest.fixture
def section() -> FaqSection:
    title = {"fr": "Pour commencer", "en": "To begin with", "es": "Para empezar"}
    return actions.write_section(slug="begin", position=1, title=title, by=OWNER, at=AT)


def write(section: FaqSection, language: str = "fr", question: str = "Pourquoi ?", position: int = 1) -> FaqEntry:
    return actions.write_entry(
        section=section,
        language=language,
        slug="why",
        position=position,
        question=question,
        answer="Parce que.",
        by=OWNER,
        at=AT,
    )


def test_one_row_for_each_language(section: FaqSection) -> None:
    write(section)
    write(section, "en", "Why?")
    assert FaqEntry.objects.count() == 2
    assert queries.slugs() == ["why"]
    assert [[entry.question for entry in shown.entries] for shown in faq.sections("en", AT)] == [["Why?"]]
    assert faq.sections("es", AT) == []


def test_the_same_slug_again_changes_it(section: FaqSection) -> None:
    write(section)
    write(section, question="Pour quoi ?")
    entry = faq.entry("why", "fr", AT)
    assert entry is not None
    assert (entry.question, FaqEntry.objects.count()) == ("Pour quoi ?", 1)


def test_a_section_too(section: FaqSection) -> None:
    title = {"fr": "Début", "en": "Beginning", "es": "Principio"}
    assert actions.write_section(slug="begin", position=2, title=title, by=OWNER, at=AT).pk == section.pk


def test_an_empty_question_is_a_mistake(section: FaqSection) -> None:
    with pytest.raises(ValidationError):
        write(section, question="")


def test_is_audited(section: FaqSection) -> None:
    entry = write(section)
    assert list(Entry.objects.order_by("id").values_list("code", "subject_id")) == [
        ("faq_section.written", section.pk),
        ("faq_entry.written", entry.pk),
    ]


def test_a_figure_that_nothing_fills_is_refused(section: FaqSection) -> None:
    with pytest.raises(actions.UnknownFigure) as refused:
        write(section, question="For {trial_minutes} or {price}?")
    assert refused.value.values["names"] == "price"
    assert FaqEntry.objects.count() == 0
