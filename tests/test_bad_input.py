"""What nobody should send and somebody will, at every form and every address of the site.

Never an error of the server; where a form comes back, everything typed is kept and a sentence says what is wrong.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils.html import escape

from carnet.jobs import actions as jobs
from carnet.jobs.models import Job
from carnet.people.models import Customer, Membership, Person
from carnet.provider import queries as provider
from carnet.schedule import queries as schedule
from carnet.tickets.actions import work
from carnet.tickets.models import Ticket
from tests.addresses import EVERY, filled
from tests.factories.catalogue import put_on_sale
from tests.factories.orders import open_shop, pay, place
from tests.factories.people import invited, make_customer, signed_in
from tests.factories.tickets import answer, close, contact_message, give_tokens, make_ticket, moment, work_on
from tests.files import contents
from tests.forms import Form, forms_of
from tests.tickets.test_ask_first_question import ask

NOW = moment(60)
# What a person or a program may type into any field.
NASTY = {
    "nothing": "",
    "only blanks": " \t\u00a0\u200b\u202e ",
    "100,000 characters": "Ça ne va pas. " * 7200,
    "one very long word": "x" * 100_000,
    "right to left, emoji, NUL": "مرحبا \u202eevil\u202c 🖨️👩‍👩‍👧\u0000 نص",
    "markup": "<script>alert(1)</script><b a=\"'>{{ 7|add:7 }}{% now 'Y' %}",
    "a query": "'; DROP TABLE people_person; -- %s %(name)s {0}",
    "another header": "Hello\r\nBcc: everybody@example.org",
    "a number too large": "9" * 30,
    "no whole number": "-1e309",
    "no day": "2027-02-31",
    "a far day": "9999-12-31T23:59",
    "an address": "nobody@example.org\r\nBcc: everybody@example.org",
}
# What a list of choices never holds.
FORGED = ["", "9" * 30, "../../etc/passwd", "\u0000", "🖨️"]


@pytest.fixture(autouse=True)
def _ten_o_clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def doors(
    martins: Customer, claire: Person, hugo: Person, awa: Person, odile: Person
) -> dict[str, tuple[Client, list[str]]]:
    """Who opens which pages, so that together every form of the site is shown."""
    give_tokens(martins, 6)
    put_on_sale()
    fresh, answered, closed, waiting = (make_ticket(claire) for _ in range(4))
    for ticket in (answered, closed):
        answer(ticket, awa, at=moment(20), should_solve=True)
    close(closed, at=moment(30))
    work_on(waiting, awa, 30, since=moment(5))
    work.follow_clock(ticket=Ticket.objects.get(pk=waiting.pk), at=moment(40))
    work.start_work(ticket=fresh, by=awa.as_actor(), at=moment(50))
    message = contact_message(suspect=True)
    invitation = invited(martins, "nora@example.org", at=moment(0))
    job = jobs.enqueue("carnet.mail.tasks.deliver", key=None, at=NOW, mail_id=0)
    Job.objects.filter(pk=job.pk).update(state="failed", finished_at=NOW)
    member = Membership.objects.get(person=hugo).pk
    open_shop()
    order = place(claire, put_on_sale("tokens-50", 50, at=moment(0)), at=moment(0), means="cheque")
    cheque = pay(order, 100, at=moment(0))
    make_customer(claire, "Tennis")
    claire.set_password("the tall garden gate")
    claire.save()
    visitor = [
        "/en/try/", f"/en/try/{ask(at=moment(50)).token}/", f"/en/try/{ask(at=moment(days=-8)).token}/", "/en/contact/",
        "/en/withdraw/declare/", "/en/end-contract/declare/", f"/en/invitation/{invitation}/", "/en/account/login/",
        "/en/account/signup/", "/en/account/login/code/", "/en/account/password/reset/", "/en/order/tokens-50/",
    ]  # fmt: skip
    holder = [
        "/my/order/tokens-50/", f"/my/orders/{order.reference}/",
        "/my/tickets/new/", *(f"/my/tickets/{one.pk}/" for one in (fresh, answered, closed, waiting)),
        *(f"/my/tickets/{fresh.pk}/{verb}/" for verb in ("close", "stop-at")),
        "/my/units/1/sharing/", "/my/people/", f"/my/people/{member}/remove/",
        f"/my/people/{member}/role/",
        "/my/profile/", "/my/new/", "/en/account/password/change/", "/en/account/email/", "/en/account/logout/",
        "/en/account/reauthenticate/",
    ]  # fmt: skip
    desk = [
        *(f"/desk/tickets/{one.pk}/" for one in (fresh, answered, closed, waiting)),
        *(f"/desk/tickets/{fresh.pk}/{verb}/" for verb in ("stop", "close", "split", "merge", "time")),
        f"/desk/tickets/{waiting.pk}/time/{waiting.cover.sessions.get().pk}/", f"/desk/contact/{message.pk}/",
        "/demo/clock/",
    ]  # fmt: skip
    owner = [
        f"/desk/customers/{martins.pk}/goodwill/", f"/desk/orders/{order.pk}/",
        f"/desk/payments/{cheque.pk}/cleared/", f"/desk/payments/{cheque.pk}/undo/",
        f"/desk/customers/{martins.pk}/payment/", "/desk/settings/company/", "/desk/jobs/",
        *(f"/desk/settings/{name}/" for name in ("time_zone", "holidays_of", "targets", "close_after_days")),
    ]  # fmt: skip
    return {
        "visitor": (Client(), visitor), "holder": (with_password(claire), holder), "agent": (signed_in(awa), desk),
        "owner": (signed_in(odile), owner),
    }  # fmt: skip


def with_password(person: Person) -> Client:
    """Signed in by hand, as pages about the password want it."""
    browser = Client()
    browser.post("/en/account/login/", {"login": person.email, "password": "the tall garden gate"})
    return browser


@pytest.fixture(params=["visitor", "holder", "agent", "owner"])
def shown(request: Any, doors: dict[str, tuple[Client, list[str]]]) -> tuple[Client, list[Form]]:
    """Somebody's browser and every form that it shows, each once."""
    browser, pages = doors[request.param]
    forms: dict[Any, Form] = {}
    for page in pages:
        for form in forms_of(browser, page):
            forms.setdefault((form.action, tuple(one.name for one in form.fields)), form)
    return browser, list(forms.values())


def sent(browser: Client, action: str, body: Any, kind: str | None = None) -> Any:
    """The answer to what is sent, to bytes as this kind; everything that it changed is undone."""
    cookies: Any = browser.cookies.copy()
    cache.clear()  # where too many attempts are counted
    try:
        with transaction.atomic():
            response = (
                browser.post(action, body) if kind is None else browser.generic("POST", action, body, content_type=kind)
            )
            transaction.set_rollback(True)
    finally:
        browser.cookies = cookies
        provider.forget()
        schedule.forget()
    return response


def test_nothing_typed_is_an_error_or_lost(shown: tuple[Client, list[Form]]) -> None:
    browser, forms = shown
    wrong = []
    for form in forms:
        for name, nasty in NASTY.items() if form.typed_names else ():
            typed = dict.fromkeys(form.typed_names, nasty)
            response = sent(browser, form.action, form.filled(**form.pressed, **typed))
            wrong += [f"{form.page} → {form.action}, {name}: {fault}" for fault in faults(response, form, typed)]
    assert wrong == []


def test_no_form_is_judged_by_the_browser(shown: tuple[Client, list[Form]]) -> None:
    """It would speak its own language, in a bubble that goes away, and of one field at a time."""
    assert [form.action for form in shown[1] if form.typed_names and form.is_judged_by_browser] == []


def faults(response: Any, form: Form, typed: dict[str, str]) -> Iterator[str]:
    if response.status_code in (302, 303, 204):
        return
    if response.status_code not in (200, 409, 422):
        yield f"status {response.status_code}"
        return
    page = response.content.decode()
    if 'class="error"' not in page and "error-summary" not in page:
        yield "no sentence"
    for field in form.fields:
        if field.name in typed and field.kind != "password" and escape(typed[field.name].replace("\0", "")) not in page:
            yield f"{field.name} is lost"


def test_a_choice_that_was_not_offered(shown: tuple[Client, list[Form]]) -> None:
    """In place of whatever is chosen, pressed or carried along unseen."""
    browser, forms = shown
    wrong = []
    for form in forms:
        carried = [one.name for one in form.fields if one.kind in ("radio", "checkbox", "select", "hidden")]
        for forged in FORGED:
            body = {**form.filled(**form.pressed), **dict.fromkeys([*carried, *form.pressed], forged)}
            status = sent(browser, form.action, body).status_code
            if status >= 500:
                wrong.append(f"{form.page} → {form.action}, {forged!r}: status {status}")
    assert wrong == []


FILES = {
    "a page named .png": [("page.png", contents.HTML)],
    "a drawing": [("drawing.svg", contents.SVG)],
    "nothing in it": [("empty.txt", b"")],
    "30 files": [(f"{number}.png", contents.PNG) for number in range(30)],
    "a program": [("setup.exe", contents.EXE)],
}


def takes_files(form: Form) -> bool:
    return "file" in {one.kind for one in form.fields}


def test_files_that_are_not_taken(shown: tuple[Client, list[Form]]) -> None:
    browser, forms = shown
    wrong = []
    for form in filter(takes_files, forms):
        typed = dict.fromkeys(form.typed_names, "Kept words 7")
        for name, given in FILES.items():
            uploads = [SimpleUploadedFile(*one) for one in given]
            response = sent(browser, form.action, form.filled(**form.pressed, **typed, files=uploads))
            if response.status_code not in (200, 422):
                wrong.append(f"{form.action}, {name}: status {response.status_code}")
            wrong += [f"{form.action}, {name}: {fault}" for fault in faults(response, form, typed)]
    assert wrong == []


ODD_NAMES = [
    "\u202egnp.exe\u202c.png",
    "a\tb\x7f.png",
    f"{'n' * 300}.png",
    "../../../etc/passwd.png",
    ".png",
    "e\u0301🖨.PNG",
    "'; rm -rf .png",
]


def test_names_of_files_that_are_odd(shown: tuple[Client, list[Form]]) -> None:
    """They are taken, under a safe name."""
    browser, forms = shown
    wrong = []
    known = {
        "text": "See the picture", "subject": "Odd", "name": "Zoé", "email": "zoe@example.org", "reason": "Looked",
    }  # fmt: skip
    for form in filter(takes_files, forms):
        typed = {name: known.get(name, "") for name in form.typed_names}
        chosen = {"criticality": "question"} if "subject" in typed else {}
        for name in ODD_NAMES:
            body = form.filled(**form.pressed, **typed, **chosen, files=SimpleUploadedFile(name, contents.PNG))
            status = sent(browser, form.action, body).status_code
            if status != 302:
                wrong.append(f"{form.action}, {name!r}: status {status}")
    assert wrong == []


TYPED, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
NO_TEXT = [
    (TYPED, b"key=%FF%FE&text=%ED%A0%80&subject=\xff&name=%C0%80&value=%F4%90%80%80&email=%00"),
    (f"{TYPED}; charset=utf-16", b"text=a"),
    (f"{TYPED}; charset=nonsense", b"text=a"),
    (PARTS, b"no boundary"),
    (f"{PARTS}; boundary=x", b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\xfe\r\n--x--'),
    (f"{PARTS}; boundary=x", b"--x\r\nbroken off"),
    ("application/json", b"{"),
    ("", b"\x00\x01"),
]


def test_bytes_that_are_no_text(shown: tuple[Client, list[Form]]) -> None:
    """Neither UTF-8 nor a form at all: refused, or read as well as it can be."""
    browser, forms = shown
    wrong = []
    for form in forms:
        for kind, body in NO_TEXT:
            status = sent(browser, form.action, body, kind).status_code
            if status >= 500:
                wrong.append(f"{form.action}, {kind}, {body!r}: status {status}")
    assert wrong == []


QUERIES = [
    "page=0&after=0&v=0&q=&customer=0&state=&next=//evil.example.org",
    f"page={'9' * 30}&after={'9' * 30}&v={'9' * 30}&customer={'9' * 30}&q={'9' * 30}",
    f"page={'1' * 5000}&q={'x' * 5000}&to={'x' * 5000}&code={'x' * 5000}&question={'.' * 300}",
    "page=x&v=%00&q=%FF%FE&to=%FF&code=%00&state=%ED%A0%80&list=%F0%9F%96%A8&customer=%00",
    "q='%20OR%201=1%20--&to=%25&customer=1.5&question=1.x&after=2027-01-11T09:00:00,1&page=-1",
    "q=%22*%20AND%20OR%20NEAR(&after=,&vat=x&[]=1&a[b]=c&%=%&&&==",
]


@pytest.mark.both
@pytest.mark.parametrize("who", ["holder", "owner"])
def test_what_stands_behind_the_question_mark(who: str, rows: Any, browsers: dict[str, Client]) -> None:
    wrong = []
    for name, route, _view, parameters in EVERY:
        if set(parameters) <= set(rows):
            path = f"/{filled(route, parameters, rows)}"
            statuses = [looked_at(browsers[who], f"{path}?{query}", {"HX-Request": "true"}) for query in QUERIES]
            if max(statuses) >= 500:
                wrong.append(f"{name}: {statuses}")
    assert wrong == []


NUMBERS = ["0", str(2**63), "9" * 5000, "-1", "٣", "%00"]


@pytest.mark.both
def test_numbers_of_nothing(rows: Any, browsers: dict[str, Client]) -> None:
    wrong = []
    for name, route, _view, parameters in EVERY:
        numbered = [one for one in parameters if isinstance(rows.get(one), int)]
        for number in NUMBERS if numbered else ():
            path = "/" + filled(route, parameters, {**rows, **dict.fromkeys(numbered, number)})
            for who in ("holder", "owner"):
                looked, sent = browsers[who].get(path), browsers[who].post(path)
                # Where only forms are sent to, a GET is led to the page above, which is none either.
                statuses = {405 if "Allow" in looked.headers else looked.status_code, sent.status_code}
                if not statuses <= {404, 405}:
                    wrong.append(f"{who}, {name}, {number[:40]}: {statuses}")
    assert wrong == []


@pytest.mark.parametrize("who", ["nobody", "owner"])
def test_other_methods(who: str, rows: Any, browsers: dict[str, Client]) -> None:
    wrong = []
    for name, route, _view, parameters in EVERY:
        if set(parameters) <= set(rows):
            path = f"/{filled(route, parameters, rows)}"
            statuses = [looked_at(browsers[who], path, {}, method) for method in ("HEAD", "PUT", "DELETE", "BREW")]
            if max(statuses) >= 500:
                wrong.append(f"{name}: {statuses}")
    assert wrong == []


def looked_at(browser: Client, path: str, headers: dict[str, str], method: str = "GET") -> int:
    """The status of a visit. A file is closed, but not as a response would, which takes the test's database away."""
    response = browser.generic(method, path, headers=headers)
    for close_one in getattr(response, "_resource_closers", []):
        close_one()
    return response.status_code
