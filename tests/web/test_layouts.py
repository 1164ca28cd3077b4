import datetime
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from carnet.people.models import Person
from tests.markup import tight

pytestmark = pytest.mark.urls("tests.web.every_address")
LAYOUTS = ["public", "customer", "desk", "bare"]


def page(layout: str, path: str = "/en/", *, language: str = "en", user: Any = None, **context: Any) -> str:
    request = RequestFactory().get(path)
    request.user = user or AnonymousUser()
    request.session = {}  # type: ignore[assignment]
    blocks = "{% block title %}Here{% endblock %}{% block content %}<h1>Here</h1>{% endblock %}"
    source = f'{{% extends "layouts/{layout}.html" %}}{blocks}'
    with translation.override(language):
        return engines["django"].from_string(source).render(context, request)


@pytest.mark.parametrize("language", ["fr", "en", "es"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_stands(db: None, layout: str, language: str) -> None:
    html = page(layout, language=language)
    assert html.startswith("<!doctype html>")
    assert f'<html lang="{language}"' in html
    assert html.count("<main ") == html.count("<h1>") == html.count('class="skip" href="#main"') == 1
    assert "<title>Here · Carnet</title>" in html


@pytest.mark.parametrize("layout", ["public", "customer", "desk"])
def test_what_the_law_wants_is_in_the_foot_of_every_page(db: None, layout: str) -> None:
    foot = page(layout).split('<footer class="foot">')[1]
    for name in ("legal_notice", "terms", "privacy", "withdraw", "end_contract"):
        assert f'href="/en/{name}/"' in foot
    assert "Withdraw from the contract here" in foot
    assert "End your contract" in foot


def test_public_page_links_itself_in_each_language(db: None) -> None:
    html = page("public", "/en/offers/?people=3")
    assert re.findall(r'<link rel="alternate" hreflang="(\w+)"', html) == ["fr", "en", "es"]
    assert 'href="/en/offers/?people=3" lang="en" hreflang="en" aria-current="true">English' in tight(html)


def test_page_without_language_in_its_address_has_buttons(db: None) -> None:
    html = page("customer", "/my/?page=2", user=Person(pk=3, email="lea@example.org", name="Léa"))
    assert '<button class="plain" name="language" value="es" lang="es">Español</button>' in tight(html)
    assert '<input type="hidden" name="next" value="/my/?page=2">' in html
    assert 'data-person="3"' in html


@pytest.mark.parametrize(
    ("path", "mark"), [("/my/", "page"), ("/my/tickets/", "page"), ("/my/tickets/12/", "true"), ("/my/profile/", None)]
)
def test_navigation_marks_where_one_is(db: None, path: str, mark: str | None) -> None:
    marks = re.findall(r'aria-current="(\w+)">(?:Overview|Tickets|People)</a>', page("customer", path))
    assert marks == ([mark] if mark else [])


def test_desk_shows_the_clock_that_runs(db: None) -> None:
    work = SimpleNamespace(ticket_id=12, subject="Printer <offline>", seconds=372, limit_seconds=1800)
    html = page("desk", "/desk/queue/", running_work=work)
    assert 'action="/desk/tickets/12/stop/"' in html
    assert "Printer &lt;offline&gt;" in html
    assert ">6:12</span>" in html
    assert "timer-time" not in page("desk", "/desk/queue/", running_work=None)


def test_demo_is_marked_as_such(db: None) -> None:
    agent = SimpleNamespace(is_authenticated=True, is_team=True, is_owner=False, pk=1, theme="", language="en")
    html = page(
        "desk", user=agent, demo={"now": datetime.datetime(2027, 3, 28, 1, 3, tzinfo=datetime.UTC)}, running_work=None
    )
    assert "Demo: nothing leaves this machine." in html
    assert "The clock was put forward: it is" in html
    assert "Sunday 28\u00a0March 2027, 3:03" in html
    assert 'href="/demo/clock/"' in html
    assert "Demo:" not in page("desk", demo=None)


def test_chosen_theme_stands_on_the_page(db: None) -> None:
    html = page("public", user=Person(pk=3, email="lea@example.org", theme="dark"))
    assert 'data-theme="dark"' in html
    assert 'name="theme" value="dark" aria-pressed="true"' in tight(html)
    assert "data-theme=" not in page("public")


def test_settings_are_for_the_owner(db: None) -> None:
    agent, owner = (
        SimpleNamespace(is_authenticated=True, is_team=True, is_owner=is_owner, pk=1, theme="")
        for is_owner in (False, True)
    )
    assert 'href="/desk/settings/"' not in page("desk", user=agent, running_work=None)
    assert 'href="/desk/settings/"' in page("desk", user=owner, running_work=None)
