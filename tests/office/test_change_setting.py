from typing import get_args

import pytest
from django.test import Client

from carnet.invoices import rules as invoice_rules
from carnet.invoices.shown import invoice_words
from carnet.office.shown import settings as setting_words
from carnet.people.models import Person
from carnet.provider import queries, rules
from carnet.web import formats

pytestmark = pytest.mark.django_db


MENTION = {"fr": "Exonéré", "en": "Exempt", "es": "Exento"}


@pytest.fixture
def desk(client: Client, odile: Person) -> Client:
    client.force_login(odile)
    return client


def test_a_number(desk: Client) -> None:
    response = desk.post("/desk/settings/close_after_days/", {"value": "10"})
    assert (response.status_code, response.headers["Location"]) == (302, "/desk/settings/")
    assert queries.setting("close_after_days") == 10


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [
        ("revive_by", {"value": "any"}, "any"),
        ("wait_after_unpaid", {"value": "yes"}, True),
        ("time_zone", {"value": "Indian/Reunion"}, "Indian/Reunion"),
        ("holidays_of", {"value": "FR-57"}, "FR-57"),
        (
            "targets",
            {"blocked": "30", "hindered": "60", "question": "90"},
            {"blocked": 30, "hindered": 60, "question": 90},
        ),
        ("tolerance_cents", {"value": "5"}, 5),
        ("mention_export", {"fr": " Exonéré ", "en": "Exempt", "es": "Exento"}, MENTION),
        # As the program words it.
        ("mention_export", {"fr": "", "en": "", "es": ""}, {}),
        ("mention_export", {one: invoice_words.MENTIONS[one]["export"] for one in MENTION}, {}),
    ],
)
def test_every_kind(desk: Client, name: str, typed: dict[str, str], stored: object) -> None:
    assert desk.post(f"/desk/settings/{name}/", typed).status_code == 302
    assert queries.setting(name) == stored


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("close_after_days", {"value": "400"}, "Enter a number from 2 to 90."),
        (
            "close_after_days",
            {"value": "3"},
            "The reminder must come before the day the ticket closes automatically.",
        ),
        ("close_after_days", {"value": "soon"}, "Enter a whole number."),
        ("close_after_days", {"value": ""}, "This field is required."),
        ("holidays_of", {"value": "Mars"}, "We don’t know the public holidays of this place."),
        ("time_zone", {"value": "Mars/Base"}, "Select a valid choice."),
        ("revive_by", {"value": "\0"}, "This field is required."),
        ("targets", {"blocked": "90", "hindered": "60", "question": "90"}, "can’t have a longer target"),
        ("mention_export", MENTION | {"es": " "}, "Enter the text in all three languages"),
        ("mention_export", MENTION | {"es": "x" * 301}, "at most 300 characters"),
    ],
)
def test_nonsense_is_told_and_what_was_typed_is_kept(
    desk: Client, odile: Person, name: str, typed: dict[str, str], sentence: str
) -> None:
    odile.language = "en"
    odile.save()
    response = desk.post(f"/desk/settings/{name}/", typed)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert queries.setting(name) == rules.DEFAULTS[name]


def test_shows_the_history(desk: Client) -> None:
    for days in (10, 12):
        desk.post("/desk/settings/reopen_days/", {"value": str(days)})
    history = desk.get("/desk/settings/reopen_days/").context["history"]
    assert [(change.before, change.value, who) for change, _before, _after, who in history] == [
        (10, 12, "Odile Bernard"),
        (7, 10, "Odile Bernard"),
    ]


def test_an_unknown_setting_is_not_found(desk: Client) -> None:
    assert desk.get("/desk/settings/mood/").status_code == 404


def test_an_agent_and_a_stranger_find_nothing(client: Client, awa: Person, claire: Person) -> None:
    for person in (awa, claire):
        client.force_login(person)
        assert client.get("/desk/settings/reopen_days/").status_code == 404
        assert client.post("/desk/settings/reopen_days/", {"value": "1"}).status_code == 404
    assert queries.setting("reopen_days") == 7


def test_every_declared_setting_has_words_and_every_choice_too() -> None:
    assert set(setting_words.SETTING_WORDS) == set(rules.SETTINGS)
    for name, words in setting_words.SETTING_WORDS.items():
        assert tuple(words.choices) == rules.SETTINGS[name].choices


def test_O8_each_mention_is_a_setting_shown_in_every_language(desk: Client) -> None:
    assert get_args(invoice_rules.Term) == rules.MENTIONS
    page = desk.get("/desk/settings/mention_forty_euros/").content.decode()
    for texts in invoice_words.MENTIONS.values():
        assert texts["forty_euros"] in page
    desk.post("/desk/settings/mention_forty_euros/", {"fr": "40 € : frais", "en": "€40", "es": "Son 40 €"})
    history = desk.get("/desk/settings/mention_forty_euros/").context["history"]
    (before, after) = history[0][1:3]
    assert after == "40 €\u202f: frais · €40 · Son 40 €"
    assert before == " · ".join(
        formats.typography(texts["forty_euros"], language) for language, texts in invoice_words.MENTIONS.items()
    )
    settings = desk.get("/desk/settings/").content.decode()
    assert "40 €\u202f: frais" in settings
    assert "Pas d’escompte pour paiement anticipé." in settings
