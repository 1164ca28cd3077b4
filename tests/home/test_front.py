import datetime
from typing import Any

import pytest
from django.test import Client

from carnet.audit.actors import system
from carnet.kernel import clock
from carnet.schedule import actions as schedule
from demo.year import catalogue

pytestmark = pytest.mark.django_db

ALWAYS = [[(datetime.time(0), datetime.time(0))]] * 7
DEMO = system("demo")


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_in_each_language(client: Client, language: str) -> None:
    catalogue.build(by=DEMO, at=clock.now())
    response = client.get(f"/{language}/")
    page = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}"' in page
    assert f'href="/{language}/try/"' in page
    assert page.count("<h1") == 1
    for other in ("fr", "en", "es"):
        assert f'hreflang="{other}" href="http://127.0.0.1:8000/{other}/"' in page


def test_before_anything_is_on_sale(client: Client) -> None:
    page = client.get("/en/").content.decode()
    assert "Three ways to get help" not in page
    assert "Ask your first question" in page


def test_open_day_and_night_but_on_holidays(client: Client) -> None:
    schedule.publish_hours(weekly=ALWAYS, by=DEMO, at=clock.now() - datetime.timedelta(days=1))
    response = client.get("/en/")
    assert response.context["status"].is_open is ("Open now" in response.content.decode())


def test_closed_days_ahead_are_told(client: Client) -> None:
    first = clock.now().date() + datetime.timedelta(days=30)
    schedule.close_days(first_day=first, last_day=first, by=DEMO, at=clock.now())
    schedule.close_days(
        first_day=first + datetime.timedelta(days=10),
        last_day=first + datetime.timedelta(days=12),
        by=DEMO,
        at=clock.now(),
    )
    page = client.get("/en/").content.decode()
    assert "Also closed" in page
    assert page.count(f'datetime="{first.isoformat()}"') == 1


def test_few_queries_however_much_is_on_sale(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(5):
        client.get("/fr/")
    catalogue.build(by=DEMO, at=clock.now())
    with django_assert_num_queries(1):  # the company, the settings and the hours are known by now
        client.get("/fr/")


def test_it_only_shows(client: Client) -> None:
    assert client.post("/fr/").status_code == 405
    assert client.head("/fr/").status_code == 200
