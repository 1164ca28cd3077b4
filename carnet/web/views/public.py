"""Theme and language of the browser, and the pages of errors."""

import errno
import sys
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST

from carnet.web import access, context

A_YEAR = 365 * 24 * 3600


@require_POST
@access.public
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system says: kept by this browser, and in the profile of a signed-in person."""
    theme = request.POST.get("theme", "")
    theme = theme if theme in context.THEMES else ""
    response = _back(request)
    if request.user.is_authenticated:
        request.user.theme = theme
        request.user.save(update_fields=["theme"])
    if theme:
        response.set_cookie(context.THEME_COOKIE, theme, max_age=A_YEAR, samesite="Lax", secure=settings.IS_HTTPS)
    else:
        response.delete_cookie(context.THEME_COOKIE, samesite="Lax")
    return response


@require_POST
@access.public
def choose_language(request: HttpRequest) -> HttpResponse:
    """The language of pages whose address names none: kept by this browser, and in the profile of who is signed in."""
    response = _back(request)
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=A_YEAR, samesite="Lax", secure=settings.IS_HTTPS
    )
    return response


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or cookies are off. Nothing was done; what was typed waits in the browser."""
    return render(request, "errors/csrf.html", {"here": request.get_full_path()}, status=403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


@requires_csrf_token
def server_error(request: HttpRequest, **_: Any) -> HttpResponse:
    """Our mistake; or the database or the disk is full or busy, and it is worth trying again soon.

    Rendered without context processors, so that a broken database does not break this page too.
    """
    known = {"language": getattr(request, "LANGUAGE_CODE", "fr")}
    if not _is_for_the_moment(sys.exc_info()[1]):
        return HttpResponse(loader.get_template("errors/500.html").render(known), status=500)
    answer = HttpResponse(loader.get_template("errors/503.html").render(known), status=503)
    answer.headers["Retry-After"] = "60"
    return answer


def _is_for_the_moment(error: BaseException | None) -> bool:
    """A database that is locked, full or away; a disk that is full."""
    is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return is_full or isinstance(error, OperationalError)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page named by the form's `next`, if it is ours, else to the front page."""
    there = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(there if safe else "/")
