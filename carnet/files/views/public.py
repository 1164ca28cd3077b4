import logging
import uuid

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from carnet.files import rights, rules
from carnet.files.models import StoredFile

log = logging.getLogger(__name__)


@require_safe
def show_file(request: HttpRequest, file_id: uuid.UUID) -> HttpResponse | FileResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    file = get_object_or_404(StoredFile, pk=file_id)
    if not rights.may_see(request.user, file):
        raise Http404
    try:
        content = file.content.open("rb")
    except FileNotFoundError:
        log.error("The content of file %s is missing.", file.pk)
        raise Http404 from None
    response = FileResponse(
        content, as_attachment=not file.is_picture, filename=rules.name_to_download(file.name),
        content_type=file.content_type,
    )  # fmt: skip
    response.headers["Content-Length"] = str(file.size_bytes)
    # Whatever it is, here it is inert: no type but the stored one, no script, no frame, nothing loaded.
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    if request.method == "HEAD":
        content.close()
        return HttpResponse(headers=dict(response.headers))
    return response


# As `carnet.web.access.signed_in` would say, which stands above this floor.
show_file.access = "signed_in"  # type: ignore[attr-defined]
