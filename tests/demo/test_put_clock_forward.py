import pytest

from carnet.audit.models import Entry
from carnet.kernel import clock
from demo import actions
from demo.forms import STEPS
from tests.factories.people import BEGAN, signed_in
from tests.factories.tickets import form_key, in_english
from tests.words import french

FORWARD = "/demo/clock/forward/"


def told(browser):
    return [str(message) for message in browser.get("/demo/clock/").context["messages"]]


def test_it_adds_up_and_is_written_down(awa):
    assert actions.put_clock_forward(seconds=300, key="one", by=awa.as_actor(), at=BEGAN) == 300
    assert actions.put_clock_forward(seconds=60, key="two", by=awa.as_actor(), at=BEGAN) == 360
    assert clock.ahead_seconds() == 360
    entries = Entry.objects.filter(code="clock.put_forward").order_by("id")
    assert [(entry.actor_id, entry.details) for entry in entries] == [
        (awa.pk, {"seconds": 300, "key": "one"}),
        (awa.pk, {"seconds": 60, "key": "two"}),
    ]


def test_a_double_click_puts_it_forward_once(awa):
    for _ in range(2):
        assert actions.put_clock_forward(seconds=300, key="one", by=awa.as_actor(), at=BEGAN) == 300
    assert Entry.objects.filter(code="clock.put_forward").count() == 1


@pytest.mark.parametrize("seconds", [-1, -300])
def test_it_never_goes_back(awa, seconds):
    with pytest.raises(ValueError, match="never goes back"):
        actions.put_clock_forward(seconds=seconds, key="one", by=awa.as_actor(), at=BEGAN)
    assert clock.ahead_seconds() == 0
    assert not Entry.objects.filter(code="clock.put_forward").exists()


def test_a_live_clock_stands_by_itself(awa, settings):
    settings.CLOCK_FILE = None
    with pytest.raises(ValueError, match="live site"):
        actions.put_clock_forward(seconds=300, key="one", by=awa.as_actor(), at=BEGAN)
    assert not Entry.objects.filter(code="clock.put_forward").exists()


def test_an_agent_puts_it_forward_on_the_page(awa):
    browser = signed_in(awa)
    assert browser.post(FORWARD, {"seconds": "900", "key": form_key()}).headers["Location"] == "/demo/clock/"
    assert clock.ahead_seconds() == 900
    assert told(browser) == [french("The clock was put forward.")]


@pytest.mark.parametrize("seconds", ["", "7", "-900", "soon", "9" * 30, "\0"])
def test_only_by_one_of_the_steps(awa, seconds):
    browser = signed_in(awa)
    assert browser.post(FORWARD, {"seconds": seconds, "key": form_key()}).headers["Location"] == "/demo/clock/"
    assert clock.ahead_seconds() == 0
    assert told(browser) == [french("Choose one of the steps.")]


@pytest.mark.parametrize("seconds", [seconds for seconds, _label in STEPS])
def test_by_each_step(awa, seconds):
    page = signed_in(awa).get("/demo/clock/").content.decode()
    assert f'name="seconds" value="{seconds}"' in page
    signed_in(awa).post(FORWARD, {"seconds": seconds, "key": form_key()})
    assert clock.ahead_seconds() == seconds


def test_the_page_says_how_far_it_is_ahead(awa):
    browser = in_english(awa)
    assert "This is the real time." in browser.get("/demo/clock/").content.decode()
    clock.put_forward(15 * 60)
    assert "15\u00a0min ahead of real time." in browser.get("/demo/clock/").content.decode()


def test_who_sees_the_page(awa, odile, claire, client):
    assert [signed_in(one).get("/demo/clock/").status_code for one in (awa, odile, claire)] == [200, 200, 404]
    assert client.get("/demo/clock/").status_code == 302
    assert client.post(FORWARD, {"seconds": "900", "key": form_key()}).status_code == 302
    assert clock.ahead_seconds() == 0


def test_customers_find_no_such_page(claire):
    assert signed_in(claire).post(FORWARD, {"seconds": "900", "key": form_key()}).status_code == 404
    assert clock.ahead_seconds() == 0


def test_a_link_moves_nothing(awa):
    assert signed_in(awa).get(FORWARD).status_code == 302
