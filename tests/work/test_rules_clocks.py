from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from carnet.work.rules import clocks


def march(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2027, 3, day, hour, minute, tzinfo=ZoneInfo("Europe/Paris"))


def test_T17_the_clock_stops_at_the_last_sign_of_life() -> None:
    last_key = march(1, 10)
    assert clocks.stopped_in_silence_at(last_key, march(1, 10, 40)) == last_key
    assert clocks.stopped_in_silence_at(last_key, march(1, 10, 10)) == last_key
    assert clocks.stopped_in_silence_at(last_key, march(1, 10, 9)) is None
    assert clocks.stopped_in_silence_at(last_key, march(1, 10, 9), idle_minutes=9) == last_key


def test_T17_it_is_asked_after_half_of_that_time() -> None:
    assert clocks.asks_whether_there_at(march(1, 10)) == march(1, 10) + timedelta(minutes=5)
