"""Carnet, with the bare page beside it in the same process: no middleware, no template, no query."""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import path

from carnet.wsgi import application as carnet

PAGE = b"<!doctype html><title>Bare</title>" + b"<p>The quick brown fox jumps over the lazy dog.</p>\n" * 770


def bare_view(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE)


class BareURLs:
    urlpatterns = [path("bare/", bare_view)]


class BareHandler(WSGIHandler):
    """A Django of its own inside Django: it resolves its one address and has no middleware."""

    def load_middleware(self, is_async: bool = False) -> None:
        with override_settings(MIDDLEWARE=[]):
            super().load_middleware(is_async)

    def resolve_request(self, request: HttpRequest) -> Any:
        request.urlconf = BareURLs  # type: ignore[assignment]
        return super().resolve_request(request)


bare = BareHandler()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    return (bare if environ["PATH_INFO"] == "/bare/" else carnet)(environ, start_response)
