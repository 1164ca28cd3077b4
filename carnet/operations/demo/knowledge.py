"""The demo's questions and answers: texts in `faq/`, one file for each language, the question in its first line."""

import datetime
from pathlib import Path

from carnet.audit.actors import Actor
from carnet.kernel.fields import LANGUAGES
from carnet.knowledge import actions as knowledge

FOLDER = Path(__file__).with_name("faq")
SECTIONS: tuple[tuple[str, dict[str, str], tuple[str, ...]], ...] = (
    (
        "to-begin",
        {"fr": "Pour commencer", "en": "Getting started", "es": "Para empezar"},
        ("free-minutes", "how-fast"),
    ),
    (
        "tickets-and-minutes",
        {"fr": "Tickets et minutes", "en": "Tickets and minutes", "es": "Tickets y minutos"},
        ("one-ticket", "counting", "after-thirty-minutes", "what-comes-back"),
    ),
    (
        "together",
        {"fr": "Ensemble, en confiance", "en": "Sharing and safety", "es": "Juntos y con confianza"},
        ("sharing", "safe"),
    ),
)


def build(*, by: Actor, at: datetime.datetime) -> None:
    """Write the demo's FAQ: eight answers in three sections and three languages."""
    for position, (slug, title, entries) in enumerate(SECTIONS, start=1):
        section = knowledge.write_section(slug=slug, position=position, title=title, by=by, at=at)
        for place, entry in enumerate(entries, start=1):
            for language in LANGUAGES:
                heading, _line, answer = (FOLDER / f"{entry}.{language}.md").read_text("utf-8").partition("\n")
                knowledge.write_entry(
                    section=section,
                    language=language,
                    slug=entry,
                    position=place,
                    question=heading.removeprefix("# "),
                    answer=answer.strip(),
                    by=by,
                    at=at,
                )
