"""The owner's look into the machine: background jobs, outgoing mail, what was done."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from carnet.jobs import queries as job_queries
from carnet.jobs.models import Job
from carnet.kernel import clock
from carnet.kernel.refused import Refused
from carnet.mail import actions as mail
from carnet.mail.models import OutgoingMail
from carnet.office import actions, forms, queries
from carnet.office.shown import jobs as job_words
from carnet.office.shown import mails as mail_words
from carnet.web import access, refusals

PER_PAGE = 50


@require_safe
@access.owner
def show_jobs(request: HttpRequest) -> HttpResponse:
    context = {
        "overdue_since": job_queries.overdue_since(clock.now()),
        "failed": _named(job_queries.jobs_failed()[:PER_PAGE]),
        "waiting": _named(job_queries.jobs_waiting()[:PER_PAGE]),
        "schedule": _named(job_queries.schedule_rows()),
    }
    return render(request, "office/desk/jobs.html", context)


def _named(rows: Iterable[Any]) -> list[tuple[Any, object]]:
    """Each with what it does in words."""
    return [(row, job_words.words_of(row.name)) for row in rows]


@require_POST
@access.owner
def retry_job(request: Any, job_id: int) -> HttpResponse:
    job = get_object_or_404(Job, pk=job_id)
    try:
        actions.retry_job(job_id=job.pk, by=request.user.as_actor(), at=clock.now())
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, _("The job will run again in a moment."))
    return redirect("desk:office:jobs")


@require_safe
@access.owner
def show_mails(request: HttpRequest) -> HttpResponse:
    form = forms.MailFilterForm(request.GET)
    to = form.cleaned_data["to"] if form.is_valid() else ""
    page = Paginator(queries.mails(to=to), PER_PAGE).get_page(request.GET.get("page"))
    mails = [(mail, mail_words.tag_of(mail)) for mail in page]
    return render(request, "office/desk/mails.html", {"form": form, "page": page, "mails": mails, "to": to})


@require_POST
@access.owner
def retry_mail(request: Any, mail_id: int) -> HttpResponse:
    found = get_object_or_404(OutgoingMail, pk=mail_id)
    try:
        mail.retry_mail(found.pk, by=request.user.as_actor(), at=clock.now())
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, _("The e-mail will be sent again in a moment."))
    return redirect("desk:office:mails")


@require_safe
@access.owner
def show_audit(request: HttpRequest) -> HttpResponse:
    form = forms.AuditFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    entries = queries.audit_entries(code=chosen.get("code", ""), customer_id=chosen.get("customer"))
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/desk/audit.html", {"form": form, "page": page})
