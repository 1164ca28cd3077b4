import re
from collections.abc import Callable

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory
from django.utils import translation

from carnet.kernel.refused import Refused
from carnet.people.models import Person
from carnet.web import middleware

KEY = "a" * 32


@pytest.fixture
def rf() -> RequestFactory:
    return RequestFactory()


def answered(response: HttpResponse) -> Callable[[HttpRequest], HttpResponse]:
    return lambda request: response


# Headers


def test_headers_of_every_page(client: Client, db: None) -> None:
    response = client.get("/robots.txt")
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_pages_of_a_person_are_kept_by_no_cache(rf: RequestFactory, db: None) -> None:
    request = rf.get("/my/")
    request.user = Person(email="lea@example.org")
    assert middleware.SecurityHeaders(answered(HttpResponse()))(request).headers["Cache-Control"] == "private, no-store"
    request.user = AnonymousUser()
    assert "Cache-Control" not in middleware.SecurityHeaders(answered(HttpResponse()))(request).headers
    request.user = Person(email="lea@example.org")
    kept = middleware.SecurityHeaders(answered(HttpResponse(headers={"Cache-Control": "max-age=60"})))
    assert kept(request).headers["Cache-Control"] == "max-age=60"


# Language


@pytest.mark.parametrize(
    ("path", "person", "cookie", "browser", "language"),
    [
        ("/es/offers/", "en", "en", "en", "es"),
        ("/my/", "es", "en", "en", "es"),
        ("/my/", None, "en", "es", "en"),
        ("/my/", None, "xx", "es-AR,en;q=0.5", "es"),
        ("/my/", None, "", "de,en;q=0.5,fr;q=0.2", "en"),
        ("/my/", None, "", "de", "fr"),
        ("/my/", None, "", "", "fr"),
        ("/my/", None, "", ";;q=,nonsense", "fr"),
    ],
)
def test_language_of_a_page(
    rf: RequestFactory, path: str, person: str | None, cookie: str, browser: str, language: str
) -> None:
    request = rf.get(path, headers={"Accept-Language": browser})
    request.COOKIES["django_language"] = cookie
    request.user = Person(email="lea@example.org", language=person) if person else AnonymousUser()
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append((translation.get_language(), request.LANGUAGE_CODE))
        return HttpResponse()

    with translation.override("en"):
        response = middleware.Language(view)(request)
    assert seen == [(language, language)]
    assert response.headers["Content-Language"] == language
    assert ("Vary" in response.headers) == (path == "/my/")


# Typed text


def test_nul_is_taken_out_of_what_is_typed(rf: RequestFactory) -> None:
    request = rf.post("/my/?q=a%00b", {"te\0xt": "one\0two", "other": ["\0", "kept"]})
    seen: list[dict[str, list[str]]] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append({**dict(request.GET.lists()), **dict(request.POST.lists())})
        return HttpResponse()

    middleware.TypedText(view)(request)
    assert seen == [{"q": ["ab"], "text": ["onetwo"], "other": ["", "kept"]}]


def test_address_with_nul_leads_nowhere(rf: RequestFactory) -> None:
    request = rf.get("/faq/a%00b/")
    assert "\0" in request.path_info
    assert middleware.TypedText(answered(HttpResponse()))(request).status_code == 404


# Forms that arrived


def sent(rf: RequestFactory, response: HttpResponse, *, key: str = KEY, htmx: bool = False, error: bool = False) -> str:
    from django.contrib.messages.storage.session import SessionStorage

    request = rf.post("/my/", {"key": key}, headers={"HX-Request": "true"} if htmx else {})
    request.session = {}  # type: ignore[assignment]
    request._messages = SessionStorage(request)  # type: ignore[attr-defined]
    if error:
        messages.error(request, "Refused")
    answer = middleware.SentForm(answered(response))(request)
    return answer.cookies["sent_form"].value if "sent_form" in answer.cookies else ""


def test_form_that_arrived_is_named_to_the_browser(rf: RequestFactory) -> None:
    assert sent(rf, HttpResponseRedirect("/my/tickets/1/")) == KEY
    assert sent(rf, HttpResponse(status=200), htmx=True) == KEY


def test_form_that_did_not_arrive_keeps_its_draft(rf: RequestFactory) -> None:
    assert sent(rf, HttpResponse(status=200)) == ""  # shown again with errors
    assert sent(rf, HttpResponse(status=422), htmx=True) == ""
    with translation.override("fr"):
        assert sent(rf, HttpResponseRedirect("/fr/account/login/?next=/my/")) == ""  # the session was lost
    assert sent(rf, HttpResponseRedirect("/my/"), error=True) == ""
    assert sent(rf, HttpResponseRedirect("/my/"), key="nonsense; Path=/") == ""


# Refused


class ForgottenRefusal(Refused):
    code = "tests.unknown"


@pytest.mark.urls("tests.web.every_address")
@pytest.mark.parametrize("htmx", [False, True])
def test_what_no_view_caught_becomes_a_sentence(rf: RequestFactory, db: None, htmx: bool) -> None:
    request = rf.post(
        "/my/", headers={"Referer": "http://testserver/my/tickets/", **({"HX-Request": "true"} if htmx else {})}
    )
    request.user = AnonymousUser()
    request.session = {}  # type: ignore[assignment]
    refuse = middleware.RefusedToSentence(answered(HttpResponse()))
    with translation.override("en"):
        response = refuse.process_exception(request, ForgottenRefusal(found=3))
    assert response is not None
    assert response.status_code == 409
    page = response.content.decode()
    assert "This could not be done, and nothing was changed." in page
    assert "tests.unknown" not in page
    assert ("<html" in page) != htmx
    assert bool(re.search('href="http://testserver/my/tickets/"', page)) != htmx
    assert refuse.process_exception(request, ValueError()) is None
