"""Documents and tables as answers of several pages."""

import csv
import io
from collections.abc import Iterable

from django.http import HttpResponse

from carnet.web import spreadsheets


def pdf(content: bytes, name: str) -> HttpResponse:
    """A document that the browser may show."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def xml(content: bytes, name: str) -> HttpResponse:
    """A document for another program: never shown as a page."""
    answer = HttpResponse(content, content_type="application/xml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def table(rows: Iterable[Iterable[object]], name: str) -> HttpResponse:
    """A table for a spreadsheet: UTF-8 with its mark, semicolons; no cell begins a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([spreadsheets.harmless(str(cell)) for cell in row])
    answer = HttpResponse(("\ufeff" + text.getvalue()).encode(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
