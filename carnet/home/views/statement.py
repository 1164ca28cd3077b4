"""The statement of a customer's units, in their space and at the desk: as a page, as a table of data, as a document."""

import csv
import datetime
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from carnet.home import forms
from carnet.home.queries import statement as queries
from carnet.home.queries.statement_entries import StatementEntries, StatementEntry
from carnet.home.shown import statement_document
from carnet.home.shown import statement_entry_words as entry_words
from carnet.home.views import statement_lines
from carnet.kernel import calendar, clock, reading
from carnet.ledger import queries as ledger
from carnet.people.models import Customer
from carnet.provider import queries as provider
from carnet.web import access, spreadsheets

PER_PAGE = 30
# Plain names for programs, the same in every language. `change` is of what can be used.
COLUMNS = (
    "line", "at", "kind", "rule", "lot", "origin", "unit", "units", "change", "available_after", "reserved_after",
    "last_day_before", "last_day_after", "cause", "cause_number", "corrects_line", "why_this_lot",
)  # fmt: skip


@require_safe
@access.customer
def statement(request: Any) -> HttpResponse:
    return _page(request, _own_customer(request), "home/customer/statement.html")


@require_safe
@access.team
def desk_statement(request: Any, customer_id: int) -> HttpResponse:
    return _page(request, get_object_or_404(Customer, pk=customer_id), "home/desk/statement.html", at_desk=True)


@require_safe
@access.customer
def statement_csv(request: Any) -> Any:
    return _csv(request, _own_customer(request), "my:home:statement")


@require_safe
@access.team
def desk_statement_csv(request: Any, customer_id: int) -> Any:
    return _csv(request, get_object_or_404(Customer, pk=customer_id), "desk:home:statement", customer_id)


@require_safe
@access.customer
def statement_pdf(request: Any) -> HttpResponse:
    return _pdf(request, _own_customer(request), "my:home:statement")


@require_safe
@access.team
def desk_statement_pdf(request: Any, customer_id: int) -> HttpResponse:
    return _pdf(request, get_object_or_404(Customer, pk=customer_id), "desk:home:statement", customer_id)


def _own_customer(request: Any) -> Customer:
    """P2: units are for holders and buyers; to others the page does not exist."""
    if not request.membership.may_see_units:
        raise Http404
    customer: Customer = request.membership.customer
    return customer


def _page(request: Any, customer: Customer, template: str, *, at_desk: bool = False) -> HttpResponse:
    now, language = clock.now(), reading.language()
    today = calendar.date_on(now, provider.time_zone())
    period_form, balance_form = forms.PeriodForm(request.GET, today=today), forms.BalanceForm(request.GET, today=today)
    are_valid = all([period_form.is_valid(), balance_form.is_valid()])
    context: dict[str, Any] = {
        "customer": customer,
        "at_desk": at_desk,
        "pdf_url": reverse("desk:home:statement_pdf", args=[customer.pk])
        if at_desk
        else reverse("my:home:statement_pdf"),
        "csv_url": reverse("desk:home:statement_csv", args=[customer.pk])
        if at_desk
        else reverse("my:home:statement_csv"),
        "period_form": period_form,
        "balance_form": balance_form,
        "asks_for_balance": "on" in request.GET,
    }
    lines = None
    if period_form.is_valid():
        lines = queries.CustomerStatement(customer, period_form.period(), at=now)
        page: Page[StatementEntry] = Paginator(StatementEntries(lines), PER_PAGE).get_page(  # type: ignore[arg-type]
            request.GET.get("page")
        )
        shown = statement_lines.entries_of(
            list(page.object_list), reader=request.user, language=language, now=now, at_desk=at_desk
        )
        years = _years(lines, today)
        context |= {
            "page": page, "entries": shown, "period": lines.period, "years": years,
            "is_a_year": any(tab["is_current"] for tab in years), "before": "" if page.has_next() else _before(lines),
        }  # fmt: skip
    day = balance_form.day()
    if balance_form.is_valid():
        balance = lines.balance_on(day) if lines else ledger.balance_on(customer, day)
        balances = statement_lines.balances_of(balance, language=language)
        context |= {
            "day": day, "is_future": day > today, "balances": balances, "standings": entry_words.standings_of(balance),
        }  # fmt: skip
    return render(request, template, context, status=200 if are_valid else 422)


def _years(lines: queries.CustomerStatement, today: datetime.date) -> list[dict[str, Any]]:
    """A way to each year since the first movement, the newest first."""
    period, years = lines.period, range(today.year, lines.first_year() - 1, -1)
    return [
        {
            "href": f"?year={year}",
            "label": year,
            "count": None,
            "is_current": not period.unit and (period.first_day, period.last_day) == forms.year_of(year, today),
        }
        for year in years
    ]


def _before(lines: queries.CustomerStatement) -> str:
    """The balance that the period began with; empty if there was none."""
    return entry_words.carried_over(lines.balance_on(lines.period.first_day - datetime.timedelta(days=1)))


def _csv(request: Any, customer: Customer, page: str, *args: int) -> Any:
    """The lines of the period, the oldest first, as a spreadsheet in Europe opens them: BOM, semicolons."""
    now = clock.now()
    form = forms.PeriodForm(request.GET, today=calendar.date_on(now, provider.time_zone()))
    if not form.is_valid():  # the page says what is wrong
        return redirect(f"{reverse(page, args=args)}?{request.GET.urlencode()}")
    lines = queries.CustomerStatement(customer, form.period(), at=now)
    response = StreamingHttpResponse(_csv_lines(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(lines)}.csv"'
    return response


def _pdf(request: Any, customer: Customer, page: str, *args: int) -> HttpResponse:
    now = clock.now()
    form = forms.PeriodForm(request.GET, today=calendar.date_on(now, provider.time_zone()))
    the_page = f"{reverse(page, args=args)}?{request.GET.urlencode()}"
    if not form.is_valid():
        return redirect(the_page)
    lines = queries.CustomerStatement(customer, form.period(), at=now)
    if len(lines) > statement_document.MOST_LINES:
        messages.error(request, _("This period is too long for a PDF. Choose a shorter one, or download the CSV."))
        return redirect(the_page)
    document = statement_document.document_of(lines, reader=request.user)
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(lines)}.pdf"'
    return response


def _file_name(lines: queries.CustomerStatement) -> str:
    return f"carnet-{lines.customer.pk}-{lines.period.first_day}-{lines.period.last_day}"


def _csv_lines(lines: queries.CustomerStatement) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield "\ufeff" + writer.writerow(COLUMNS)
    for line in lines.oldest_first():
        yield writer.writerow([spreadsheets.harmless(value) for value in _csv_row(line, lines)])


def _csv_row(line: queries.StatementLine, lines: queries.CustomerStatement) -> list[str | int]:
    """Codes and numbers; no name and nothing that somebody typed."""
    movement = line.movement
    start: list[str | int] = [
        movement.sequence if movement else "",
        line.at.astimezone(lines.zone).isoformat(timespec="seconds"),
    ]
    units = [line.units, line.change, line.after.available, line.after.reserved]
    about: list[str | int] = [
        line.kind,
        movement.rule if movement else "L4",
        line.lot.number,
        line.lot.origin,
        line.lot.unit,
    ]
    if movement is None:
        return [*start, *about, *units, "", "", "", "", "", ""]
    days = [day.isoformat() if day else "" for day in (movement.last_day_before, movement.last_day_after)]
    cause: list[str | int] = [movement.cause_kind, movement.cause_id]
    if movement.ticket:
        cause = ["ticket", movement.ticket]
    elif movement.cause_kind == "lot":
        cause[1] = (line.activated or line.lot).number
    corrects = movement.corrects or ""
    return [*start, *about, *units, *days, *cause, corrects, line.choice.reason if line.choice else ""]


class _Echo:
    """A file that hands back what is written, for a response that is streamed."""

    def write(self, text: str) -> str:
        return text
