"""What every request passes: headers, language, typed text without NUL, and a sentence for what was refused."""

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect, QueryDict
from django.shortcuts import render, resolve_url
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation.trans_real import parse_accept_lang_header

from carnet.files import actions as files
from carnet.kernel.refused import Refused
from carnet.web import refusals

Next = Callable[[HttpRequest], HttpResponse]

# What a page of ours never needs. Features that a browser does not know are ignored by it.
PERMISSIONS = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)


class SecurityHeaders:
    """Headers that Django has no setting for; and pages of a signed-in person are kept by no cache."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        if (
            "Cache-Control" not in response.headers
            and getattr(request, "user", None) is not None
            and request.user.is_authenticated
        ):
            response.headers["Cache-Control"] = "private, no-store"
        return response


class Language:
    """The language of a page: its address says it, else the signed-in person, the cookie, the browser; else French."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        prefix = translation.get_language_from_path(request.path_info)
        language = prefix or self._without_prefix(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if not prefix:
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response

    def _without_prefix(self, request: HttpRequest) -> str:
        offered = dict(settings.LANGUAGES)
        if request.user.is_authenticated and getattr(request.user, "language", "") in offered:
            return str(request.user.language)
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if cookie in offered:
            return cookie
        for wanted, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
            if wanted.split("-")[0] in offered:
                return str(wanted.split("-")[0])
        return settings.FIRST_LANGUAGE


class TypedText:
    """Takes NUL out of everything typed, which no database text may hold; an address that holds one leads nowhere."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            return HttpResponseNotFound()
        if _has_nul(request.GET):
            request.GET = _without_nul(request.GET)  # type: ignore[assignment]
        if request.method == "POST" and _has_nul(request.POST):
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]
        return self.get_response(request)


class SentForm:
    """Tells the browser by a cookie which form arrived, so that its kept draft is dropped, and only then.

    Arrived is a POST with a `key` that was answered by a redirect (htmx: by 2xx), with no error to show, and not to
    sign in.
    """

    COOKIE = f"{settings.COOKIE_PREFIX}sent_form"

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key = request.POST.get("key", "") if request.method == "POST" else ""
        if re.fullmatch(r"[0-9a-f]{32}", key) and self._arrived(request, response):
            response.set_cookie(self.COOKIE, key, max_age=600, samesite="Lax", secure=settings.IS_HTTPS)
        return response

    def _arrived(self, request: HttpRequest, response: HttpResponse) -> bool:
        by_htmx = request.headers.get("HX-Request") == "true"
        if not (response.status_code in (302, 303) or (by_htmx and 200 <= response.status_code < 300)):
            return False
        if response.headers.get("Location", "").startswith(resolve_url(settings.LOGIN_URL)):
            return False
        # Iterating over the messages themselves would count as having shown them.
        queued = getattr(messages.get_messages(request), "_queued_messages", [])
        return all(message.level < messages.ERROR for message in queued)


class WrongMethod:
    """What an address does not do: a page that says so; and where only forms are sent to, a GET leads to their page.

    Such a GET comes from whoever had to sign in before a form was taken, or loads the answer to it again. The page is
    the nearest one above: /my/tickets/12/message/ belongs to /my/tickets/12/.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or _is_for_machines(request):
            return response
        answer: HttpResponse
        if request.method in ("GET", "HEAD"):
            answer = HttpResponseRedirect(_page_above(request.path_info))
        else:
            answer = render(request, "errors/405.html", status=405)
        answer.headers["Allow"] = response.headers["Allow"]
        return answer


class UnkeptFiles:
    """Deletes the contents of files that this request stored for nothing, because its transaction was rolled back."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        files.discard_unkept()
        return response


class RefusedToSentence:
    """What an action refused and no view caught: a page that says so in the reader's language. Nothing was changed."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        context = {"sentence": refusals.sentence(exception), "back": _came_from(request)}
        template = "errors/refused_part.html" if request.headers.get("HX-Request") else "errors/refused.html"
        return render(request, template, context, status=409)


def _is_for_machines(request: HttpRequest) -> bool:
    """See `carnet.web.access.machines`."""
    return request.resolver_match is not None and getattr(request.resolver_match.func, "for_machines", False)


def _page_above(path: str) -> str:
    while path := path.rstrip("/").rpartition("/")[0]:
        try:
            resolve(f"{path}/")
        except Resolver404:
            continue
        return f"{path}/"
    return "/"


def _came_from(request: HttpRequest) -> str:
    there = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return there if safe else "/"


def _has_nul(typed: QueryDict) -> bool:
    return any("\0" in name or any("\0" in value for value in values) for name, values in typed.lists())


def _without_nul(typed: QueryDict) -> QueryDict:
    clean = QueryDict(mutable=True, encoding=typed.encoding)
    for name, values in typed.lists():
        clean.setlist(name.replace("\0", ""), [value.replace("\0", "") for value in values])
    clean._mutable = False
    return clean
