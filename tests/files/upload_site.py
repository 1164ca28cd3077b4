"""One page that tells what came of a form: for the test of large uploads, behind the web server of production."""

import os
from collections.abc import Callable, Iterable

import django
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, JsonResponse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()


def answer(request: HttpRequest) -> JsonResponse:
    typed = {name: len(values[0]) for name, values in request.POST.lists()}
    files = [
        {"name": file.name, "size": file.size, "too_large": getattr(file, "too_large", False),
         "too_much_together": getattr(file, "too_much_together", False)}
        for file in request.FILES.getlist("files")
    ]  # fmt: skip
    request.close()
    return JsonResponse({"typed": typed, "files": files})


def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
    response = answer(WSGIRequest(environ))
    start_response("200 OK", list(response.items()))
    return [response.content]
