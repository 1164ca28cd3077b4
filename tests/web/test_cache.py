import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client

from carnet.people.adapter import AccountAdapter
from tests.factories.people import make_person

LOGIN = "/en/account/login/"


@pytest.fixture
def cache(db, settings):
    settings.CACHES = {"default": {"BACKEND": "carnet.web.cache.LimitsCache", "LOCATION": "web_cache_of_tests"}}
    call_command("createcachetable", verbosity=0)
    yield caches["default"]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE web_cache_of_tests")


def test_it_keeps_adds_touches_and_deletes(cache):
    cache.set("a", [1.5], 300)
    assert (cache.get("a"), cache.add("a", 2, 300), cache.get("a")) == ([1.5], False, [1.5])
    assert (cache.add("b", 2, 300), cache.touch("b", 600), cache.touch("c", 600)) == (True, True, False)
    assert (cache.delete("a"), cache.get("a"), cache.get("b")) == (True, None, 2)
    cache.set("old", 1, -10)
    assert (cache.add("old", 2, 300), cache.get("old")) == (True, 2)
    cache.set("ever", 1, None)
    assert cache.get("ever") == 1


def test_what_has_expired_is_cleared_away_now_and_then(cache, monkeypatch):
    cache.set("old", 1, -10)
    monkeypatch.setattr("carnet.web.cache.CLEARED_ONE_IN", 1)
    cache.set("new", 1, 300)
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM web_cache_of_tests")
        assert cursor.fetchone() == (1,)


def test_case_G3_wrong_sign_ins_for_others_make_no_room_for_more_guesses(cache):
    """Django's cache holds 300 entries; here a thousand others come between."""
    make_person("Léa", email="lea@example.org", password="the tall garden gate")
    guess = {"login": "lea@example.org", "password": "wrong"}
    for number in range(5):
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(LOGIN, guess)
    for number in range(1000):
        cache.set(f"wrong-sign-in:{number}", [1.0], 300)
    answer = Client(REMOTE_ADDR="192.0.2.9").post(LOGIN, guess | {"password": "the tall garden gate"})
    assert str(AccountAdapter.error_messages["too_many_login_attempts"]) in answer.content.decode()


def test_case_G8_a_database_that_cant_write_is_no_sign_of_too_many_tries(cache, monkeypatch):
    def full(*_arguments, **_more):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(type(cache), "_base_set", full)
    client = Client(raise_request_exception=False)
    answer = client.post(LOGIN, {"login": "lea@example.org", "password": "wrong"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Nothing can be saved at the moment" in answer.content.decode()
