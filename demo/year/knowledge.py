"""The demo's questions and answers: texts in `faq/`, one file for each language, the question in its first line."""

import datetime
from pathlib import Path

from carnet.audit.actors import Actor
from carnet.kernel.fields import LANGUAGES
from carnet.knowledge import actions as knowledge

FOLDER = Path(__file__).with_name("faq")
SECTIONS: tuple[tuple[str, dict[str, str], tuple[str, ...]], ...] = (
    (
        "in-general",
        {"fr": "En général", "en": "In general", "es": "En general"},
        (
            "what-is-support",
            "free-minutes",
            "languages",
            "how-fast",
            "phone",
            "invoice",
            "paying",
            "change-my-mind",
            "refund",
            "credit",
            "unpaid-cheque",
            "safe",
        ),
    ),
    (
        "subscription",
        {"fr": "Abonnement", "en": "Subscription", "es": "Suscripción"},
        (
            "why-one-subscription",
            "family-or-colleagues",
            "as-many-as-i-like",
            "leave",
            "come-back",
            "kick-off-call",
            "other-than-paypal",
        ),
    ),
    (
        "by-ticket",
        {"fr": "Tarification au ticket", "en": "By ticket", "es": "Por tickets"},
        (
            "one-ticket",
            "when-tickets",
            "counting",
            "not-divisible",
            "after-thirty-minutes",
            "what-comes-back",
            "sharing",
        ),
    ),
    (
        "by-the-hour",
        {"fr": "Tarification horaire", "en": "By the hour", "es": "Por horas"},
        ("by-the-hour",),
    ),
)


def build(*, by: Actor, at: datetime.datetime) -> None:
    """Write the demo's FAQ: 27 answers in four sections and three languages."""
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
