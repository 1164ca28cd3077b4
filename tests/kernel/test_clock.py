import datetime

import pytest

from carnet.kernel import clock


def test_now_is_aware_and_in_utc():
    before = datetime.datetime.now(datetime.UTC)
    now = clock.now()
    assert now.tzinfo is datetime.UTC
    assert before <= now <= datetime.datetime.now(datetime.UTC)


def test_the_clock_of_a_demo_is_put_forward_and_adds_up():
    assert clock.ahead_seconds() == 0
    assert clock.put_forward(900) == 900
    assert clock.put_forward(0) == 900
    assert clock.put_forward(60) == 960
    assert clock.ahead_seconds() == 960
    real = datetime.datetime.now(datetime.UTC)
    assert 960 <= (clock.now() - real).total_seconds() < 961


def test_other_processes_see_it_in_the_file(settings):
    clock.put_forward(75)
    assert settings.CLOCK_FILE.read_text("ascii") == "75"
    assert [path.name for path in settings.CLOCK_FILE.parent.iterdir()] == ["clock"]


def test_it_never_goes_back():
    with pytest.raises(ValueError, match="never goes back"):
        clock.put_forward(-1)


def test_an_empty_file_is_no_lead(settings):
    settings.CLOCK_FILE.write_text("")
    assert clock.ahead_seconds() == 0


def test_the_clock_of_a_live_site_stays(settings):
    settings.CLOCK_FILE = None
    assert clock.ahead_seconds() == 0
    with pytest.raises(ValueError, match="live site"):
        clock.put_forward(60)
