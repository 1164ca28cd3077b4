import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import NoReverseMatch
from django.utils import translation

from carnet.web import pictures
from carnet.web.pictures import Front, Use
from tests.markup import tight

LATER = datetime.date(2027, 5, 3)


def drawn(source: str, language: str = "en", **context: Any) -> str:
    """The template's HTML, in English if nothing else is said, blanks between tags put together."""
    with translation.override(language):
        bound = Context(context)
        bound.request = context.get("request")  # type: ignore[attr-defined]
        html = Template("{% load components icons formats %}" + source).render(bound)
    return re.sub(r"\s+", " ", html).strip()


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def test_carnet_with_stubs_in_every_state() -> None:
    used = [Use("/my/tickets/3/", "The printer <no longer> answers"), Use(label="Photos")]
    front = Front(12, last_on=LATER)
    picture = pictures.carnet(front, quantity=7, spent=used, held=[Use("/my/tickets/9/")], frozen=1, refunded=1)
    html = drawn("{% carnet picture %}", picture=picture)
    assert re.findall(r'class="stub (\w+)"', html) == ["spent", "spent", "refunded", "held", "frozen", "free", "free"]
    assert html.count('href="/my/tickets/3/"') == 1
    assert "Ticket 1, used: The printer &lt;no longer&gt; answers" in html
    assert 'title="Photos"' not in html  # a stub that can't be opened is no link
    assert html.count("<a ") == 2
    assert "<figcaption>2 used, 1 reserved, 1 frozen, 1 refunded, 2 left</figcaption>" in html
    assert text(html).startswith("Carnet no. 12 2 left + 1 reserved until 3 May 2027")


def test_free_stubs_are_not_read_one_by_one() -> None:
    html = drawn("{% carnet picture %}", picture=pictures.carnet(Front(1, last_on=LATER), quantity=20))
    assert html.count('<li aria-hidden="true">') == 20
    assert "<figcaption>20 left</figcaption>" in html


def test_dormant_carnet_sleeps() -> None:
    picture = pictures.carnet(Front(8, last_on=LATER, is_dormant=True), quantity=3, spent=[Use()])
    html = drawn("{% carnet picture %}", picture=picture)
    assert '<figure class="carnet dormant">' in html
    assert "1 used, 2 dormant" in html
    assert "last day:" in html


def test_what_lapsed_is_not_left() -> None:
    gift = pictures.carnet(Front(9, last_on=LATER, is_gift=True, is_lapsed=True), quantity=3, spent=[Use()])
    html = drawn("{% carnet picture %}", picture=gift)
    assert '<figure class="carnet lapsed">' in html
    assert text(html).startswith("Carnet no. 9 2 expired last day: 3 May 2027")
    assert "<figcaption>1 used, 2 expired</figcaption>" in html
    trial = pictures.Tape(Front(None, "Free minutes", LATER, is_gift=True, is_lapsed=True), 15, 9)
    html = drawn("{% tape picture %}", picture=trial)
    assert '<figure class="carnet lapsed">' in html
    assert text(html) == "Free minutes 6 min expired last day: 3 May 2027 9 min of 15 min used"


def test_gift_has_a_name_in_place_of_a_number() -> None:
    html = drawn("{% carnet picture %}", picture=pictures.carnet(Front(name="From us", is_gift=True), quantity=3))
    assert text(html) == "From us 3 left 1 2 3 3 left"
    assert "icons.svg#gift" in html


def test_large_carnet_has_small_stubs() -> None:
    assert '<ol class="stubs many">' in drawn("{% carnet picture %}", picture=pictures.carnet(Front(1), quantity=50))


def test_tape_of_hours() -> None:
    picture = pictures.Tape(Front(14, last_on=LATER), quantity=120, spent=35, held=15)
    html = drawn("{% tape picture %}", picture=picture)
    assert 'viewBox="0 0 120 60"' in html
    assert '<rect class="tape-held" x="35" width="15" height="60"/>' in html
    assert html.count("<line ") == 3
    assert (
        text(html)
        == "Hour pack no. 14 1 h 10 min left + 15 min reserved until 3 May 2027 35 min of 2 h used, 15 min reserved"
    )


def test_ring_says_what_it_draws() -> None:
    html = drawn("{% ring 372 1800 %}<p>beside</p>{% endring %}")
    assert 'aria-label="6\u00a0min of 30\u00a0min"'.replace("\u00a0", " ") in html.replace("\u00a0", " ")
    assert 'stroke-dasharray="20.6 100"' in html
    assert "<p>beside</p>" in html
    assert "ring-done" not in drawn("{% ring 0 1800 %}{% endring %}")


def test_stars() -> None:
    html = drawn("{% stars score %}", score=Decimal("4.7"))
    assert 'aria-label="4.7 out of 5"' in html
    assert 'viewBox="0 0 112.8 24"' in html
    assert 'aria-label="3 out of 5"' in drawn("{% stars 3 %}")
    assert drawn("{% stars score %}", score=None) == ""


def test_what_is_the_same_for_all_follows_the_language_and_what_is_given() -> None:
    themes = "{% same_for_all 'components/themes.html' theme=theme %}"
    system, dark, again = (drawn(themes, theme=theme) for theme in ("", "dark", ""))
    assert system == again != dark
    assert 'value="dark" aria-pressed="true" title="Dark theme"' in dark
    assert 'value="dark" aria-pressed="false" title="Dark theme"' in system
    assert 'value="dark" aria-pressed="true" title="Thème sombre"' in drawn(themes, "fr", theme="dark")


def test_an_address_follows_the_language() -> None:
    assert [drawn("{% url 'home:front' %}", language) for language in ("en", "fr", "en")] == ["/en/", "/fr/", "/en/"]
    numbers = "{% url 'desk:tickets:ticket' 7 as there %}{{ there }} {% url 'desk:tickets:ticket' 8 %}"
    assert drawn(numbers) == "/desk/tickets/7/ /desk/tickets/8/"
    with pytest.raises(NoReverseMatch):
        drawn("{% url 'desk:tickets:nothing' as there %}")


def test_icon_decorates_unless_it_has_a_label() -> None:
    assert (
        drawn('{% icon "clock" %}')
        == '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#clock"/></svg>'
    )
    assert 'role="img" aria-label="Close &quot;it&quot;"' in drawn("{% icon 'x' label %}", label='Close "it"')


def test_notice_wraps_and_escapes() -> None:
    html = drawn("{% notice 'bad' title %}<p>{{ words }}</p>{% endnotice %}", title="<b>", words="<i>")
    assert '<div class="notice bad" role="alert">' in html
    assert '<p class="notice-title">&lt;b&gt;</p>' in html
    assert "<p>&lt;i&gt;</p>" in html


def test_dialog_and_empty_state() -> None:
    dialog = drawn("{% dialog 'cancel' 'Cancel it?' %}<p>Sure</p>{% enddialog %}")
    assert '<dialog class="dialog" id="cancel" aria-labelledby="cancel-title">' in dialog
    assert '<h2 id="cancel-title">Cancel it?</h2>' in dialog
    assert text(drawn("{% nothing_yet 'No ticket' icon='ticket' %}<p>Ask</p>{% endnothing_yet %}")) == "No ticket Ask"


def test_chart_and_its_table() -> None:
    picture = pictures.Chart(
        [pictures.Column("May", 59, "59 %", "M"), pictures.Column("June", 64, "64 %", "J")], whole=100
    )
    html = drawn("{% chart picture 'Answered' 'Month' 'Share' %}", picture=picture)
    assert '<rect class="chart-part" x="28" y="36" width="24" height="64" rx="2"/>' in html
    assert '<th scope="row">June</th><td class="number">64 %</td>' in html


def test_pagination_keeps_the_rest_of_the_address() -> None:
    request = RequestFactory().get("/desk/queue/?q=printer&page=2")
    html = drawn("{% pagination page %}", page=Paginator(range(90), 20).page(2), request=request)
    assert '<a href="?q=printer&amp;page=3">3</a>' in html
    assert '<span aria-current="page">2</span>' in html
    assert text(html).startswith("21 to 40 of 90 Back 1 2 3")
    assert drawn("{% pagination page %}", page=Paginator(range(3), 20).page(1), request=request) == ""


def test_breadcrumb_steps_and_copy() -> None:
    assert drawn("{% breadcrumb 'Queue' '/desk/' 'Ticket 12' %}").count("<a ") == 1
    steps = tight(drawn("{% steps labels 2 %}", labels=["What", "How", "Check"]))
    assert '<li class="done">What' in steps
    assert '<li aria-current="step">How</li>' in steps
    assert "<code>RF52</code>" in drawn("{% copy 'RF52' 'Reference' %}")


@dataclass
class Work:
    seconds: int
    limit_seconds: int | None
    ticket_id: int = 12
    subject: str = "Printer"


@pytest.mark.urls("tests.web.every_address")
@pytest.mark.parametrize(
    ("seconds", "limit", "state"), [(1499, 1800, ""), (1500, 1800, "near"), (1800, 1800, "over"), (9000, None, "")]
)
def test_timer_warns_before_the_end(seconds: int, limit: int | None, state: str) -> None:
    html = drawn("{% timer work %}", work=Work(seconds, limit), csrf_token="token")
    assert f'<form class="timer {state}" method="post" action="/desk/tickets/12/stop/"' in html
    assert f'data-seconds="{seconds}"' in html
    assert ("data-limit" in html) == (limit is not None)
    assert 'value="token"' in html


def test_message_of_each_kind(db: None) -> None:
    at = datetime.datetime(2026, 11, 22, 15, 40, tzinfo=datetime.UTC)
    source = '{% include "components/message.html" with kind=kind name="Léa Morel" at=at html=html %}'
    for kind, mark in [("customer", ""), ("team", ""), ("note", "Note for the team only")]:
        html = drawn(source, kind=kind, at=at, html="<p>Hello</p>")
        assert f'<article class="message {kind}">' in html
        assert ("Note for the team only" in html) == bool(mark)
        assert "&lt;p&gt;Hello&lt;/p&gt;" in html  # only what was cleaned and marked safe is HTML


def test_filters_in_the_page_language(db: None) -> None:
    at = datetime.datetime(2020, 11, 22, 15, 40, tzinfo=datetime.UTC)
    source = (
        "{% load formats %}{{ cents|money }}|{{ cents|price }}|{{ seconds|duration }}|{{ left|units:'token' }}"
        "|{{ at|exact }}|{{ on|day }}"
    )
    context = {"cents": 24000, "seconds": 4320, "left": 0, "at": at, "on": LATER}
    shown = {}
    for language in ("fr", "en", "es"):
        with translation.override(language):
            shown[language] = text(Template(source).render(Context(context)))
    assert shown == {
        "fr": "240,00 €|240 €|1 h 12|0 ticket| dimanche 22 novembre 2020 à 16 h 40 | 3 mai 2027",
        "en": "€240.00|€240|1 h 12 min|0 tickets| Sunday 22 November 2020, 16:40 | 3 May 2027",
        "es": "240,00 €|240 €|1 h 12 min|0 tickets| domingo, 22 de noviembre de 2020 a las 16:40 | 3 de mayo de 2027",
    }


def test_filters_of_nothing_are_empty(db: None) -> None:
    names = [
        "money",
        "price",
        "number",
        "percent",
        "duration",
        "minutes",
        "clock",
        "day",
        "moment",
        "exact",
        "due",
        "file_size",
    ]
    source = "{% load formats %}" + "".join(f"[{{{{ nothing|{name} }}}}]" for name in names)
    assert Template(source).render(Context({"nothing": None})) == "[]" * len(names)
