"""Invented things that the style guide shows: enough of each to see a component work."""

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.core.paginator import Page, Paginator
from django.utils.safestring import mark_safe

from carnet.web import forms as fields
from carnet.web import pictures
from carnet.web.pictures import Front, Tape, Use

PRINTER = Use("#carnet", "The printer no longer answers")
SUBJECTS = [
    "Photos from the phone",
    "New password for the mailbox",
    "The screen stays black",
    "Backup to the small disk",
]


@dataclass(frozen=True, slots=True)
class SampleFile:
    name: str
    size: int
    is_image: bool = False
    is_protected: bool = False
    url: str = "#files"


@dataclass(frozen=True, slots=True)
class SampleWork:
    subject: str
    seconds: int
    limit_seconds: int | None
    ticket_id: int = 12


@dataclass(frozen=True, slots=True)
class SampleMessage:
    """What Django's messages give to a template."""

    text: str
    level: int

    def __str__(self) -> str:
        return self.text

    @property
    def level_tag(self) -> str:
        return {constants.SUCCESS: "success", constants.WARNING: "warning", constants.ERROR: "error"}.get(
            self.level, "info"
        )


class SampleForm(forms.Form):
    """One field of each kind."""

    is_sample = True  # its summary of errors takes no focus from the page
    subject = fields.OneLineField(label="Subject", max_length=200, help_text="One subject, one ticket.")
    email = fields.AddressField(label="E-mail")
    text = fields.TextField(label="What happened?", rows=4, required=False)
    device = forms.ChoiceField(
        label="Which device?",
        choices=[("", "I don’t know"), ("1", "HP Envy 6020"), ("2", "Old laptop")],
        required=False,
    )
    criticality = fields.CriticalityField(initial="hindered")
    attachments = fields.FilesField(max_files=5)
    publish = forms.BooleanField(label="You may publish my comment, without my name", required=False)
    score = fields.RatingField()


def sample_forms(theme: str) -> dict[str, forms.Form]:
    """A fresh form, and one with two mistakes; ids differ by theme, since both stand on one page."""
    wrong = {
        "subject": "",
        "email": "lea@example",
        "text": "It has been “offline” since the update.",
        "criticality": "blocked",
        "score": "4",
    }
    given = {f"{theme}-wrong-{name}": value for name, value in wrong.items()}
    return {"fresh": SampleForm(prefix=f"{theme}-fresh"), "wrong": SampleForm(given, prefix=f"{theme}-wrong")}


def carnets(on: datetime.date) -> dict[str, Any]:
    """Carnets in every state, and tapes of minutes."""
    spent = [Use("#carnet", SUBJECTS[position % 4]) for position in range(37)]
    later = on + datetime.timedelta(days=161)
    past = on - datetime.timedelta(days=20)
    free = Front(name="Free minutes", is_gift=True)
    return {
        "twenty": pictures.carnet(Front(12, last_on=later), quantity=20, spent=spent[:12], held=[PRINTER]),
        "fifty": pictures.carnet(Front(20, last_on=later), quantity=50, spent=spent, held=[PRINTER, PRINTER]),
        "five": pictures.carnet(Front(5, last_on=later), quantity=5, spent=spent[:1], held=[PRINTER]),
        "single": pictures.carnet(Front(31, last_on=later), quantity=1),
        "gift": pictures.carnet(Front(name="From us", last_on=later, is_gift=True), quantity=3),
        "dormant": pictures.carnet(Front(8, last_on=past, is_dormant=True), quantity=10, spent=spent[:6]),
        "lapsed": pictures.carnet(Front(9, last_on=past, is_gift=True, is_lapsed=True), quantity=3, spent=spent[:1]),
        "frozen": pictures.carnet(Front(27, last_on=later), quantity=10, spent=spent[:3], frozen=5, refunded=2),
        "hours": Tape(Front(14, last_on=later), quantity=300, spent=83, held=30),
        "hours_frozen": Tape(Front(15, last_on=later), quantity=300, spent=83, held=30, frozen=157, refunded=30),
        "trial": Tape(replace(free, last_on=later), quantity=15, spent=6),
        "trial_lapsed": Tape(replace(free, last_on=past, is_lapsed=True), quantity=15, spent=9),
    }


def thread(now: datetime.datetime) -> dict[str, Any]:
    """A question, an answer, a note and worked time."""
    ago = lambda **span: now - datetime.timedelta(**span)  # noqa: E731
    return {
        "asked_at": ago(hours=18),
        "worked": {
            "icon": "timer",
            "words": "Samir",
            "time": "17:20",
            "at": ago(hours=17, minutes=40),
            "reason": "took over the screen, driver installed anew",
            "url": "#tickets",
        },
        "trained": {
            "icon": "timer",
            "words": "Inès",
            "time": "8:00",
            "at": ago(hours=1),
            "reason": "looked up the model",
            "tag": "not charged: training",
        },
        "answered_at": ago(hours=17, minutes=12),
        "noted_at": ago(hours=1),
        "question": mark_safe(
            "<p>Good evening, since the update our printer stays “offline”. I restarted the box and the computer.</p>"
        ),
        "answer": mark_safe(
            "<p>The driver was damaged; it is installed anew. Could you print a test page and tell me?</p>"
        ),
        "note": mark_safe("<p>Same model at Garage Lenoir: check the WSD port.</p>"),
        "files": [SampleFile("screenshot.png", 348_000, True), SampleFile("printer report.pdf", 1_240_000)],
    }


def queue(now: datetime.datetime) -> list[dict[str, Any]]:
    rows = [
        ("Nothing shows on the screen", "Garage Lenoir · Paul", "blocked", -8, "Carnet no. 20", ""),
        ("The VPN drops every ten minutes", "Brightside Ltd · Amy", "hindered", 35, "Subscription", "Inès"),
        ("L’imprimante ne répond plus", "Famille Morel · Léa", "hindered", 70, "Carnet no. 12", "Samir"),
        ("Mover fotos del móvil al ordenador", "Familia Ortega · Lucía", "question", 1460, "Free minutes", ""),
    ]
    words = {name: str(label) for name, label in fields.CRITICALITY.items()}
    return [
        {
            "subject": subject,
            "who": who,
            "is_blocked": level == "blocked",
            "level": words[level],
            "due_at": now + datetime.timedelta(minutes=minutes),
            "cover": cover,
            "agent": agent,
        }
        for subject, who, level, minutes, cover, agent in rows
    ]


def page() -> Page:
    return Paginator(range(1, 231), 20).page(5)


def chart() -> pictures.Chart:
    shares = [59, 64, 62, 73, 80, 78, 85, 88, 84, 91, 93, 95]
    months = ["Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
    columns = [
        pictures.Column(month, share, f"{share} %", month[0]) for month, share in zip(months, shares, strict=True)
    ]
    return pictures.Chart(columns, whole=100)


def sample(theme: str, now: datetime.datetime) -> dict[str, Any]:
    """All that the page shows in one theme."""
    return {
        "theme": theme,
        "now": now,
        "on": now.date(),
        "forms": sample_forms(theme),
        "carnets": carnets(now.date()),
        "thread": thread(now),
        "queue": queue(now),
        "page": page(),
        "chart": chart(),
        "works": [
            SampleWork("The printer no longer answers", 372, 1800),
            SampleWork("Backup to the small disk, and why it stopped last week", 1744, 1800),
            SampleWork("New password for the mailbox", 1829, 1800),
        ],
        "toasts": [
            SampleMessage("Your answer is on its way.", constants.SUCCESS),
            SampleMessage("Nobody has a ticket left: the question waits.", constants.WARNING),
        ],
        "tabs": [
            {"label": "Unassigned", "href": "#data", "count": 9, "is_current": True},
            {"label": "Mine", "href": "#data", "count": 4},
            {"label": "Waiting for the customer", "href": "#data", "count": 7},
            {"label": "All", "href": "#data", "count": None},
        ],
        "steps": ["What and why", "How to pay", "Check and order"],
        "score": Decimal("4.7"),
        "colours": [
            "paper",
            "sheet",
            "well",
            "ink",
            "accent",
            "accent-soft",
            "good-soft",
            "warn-soft",
            "bad-soft",
            "cover",
        ],
    }
