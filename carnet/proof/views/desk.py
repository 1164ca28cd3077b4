"""The owner sees what the nightly verification found, and has it run now."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from carnet.kernel import clock
from carnet.proof import actions, queries, rules
from carnet.proof.shown import faults, verdicts
from carnet.web import access

RUNS_SHOWN = 30


@require_safe
@access.owner
def show_verification(request: HttpRequest) -> HttpResponse:
    runs = list(queries.verification_runs()[:RUNS_SHOWN])
    last = runs[0] if runs else None
    trouble: rules.Trouble = "faults" if last and last.fault_count else queries.verification_trouble(clock.now())
    context = {
        "runs": runs,
        "verdict": verdicts.verdict_of(last, trouble),
        "faults": [faults.shown(fault) for fault in last.first_faults()] if last else [],
        "is_unprotected": any(fault["subject"] == "table" for fault in last.faults) if last else False,
        "further": last.fault_count - len(last.faults) if last else 0,
        "under_way": queries.verification_under_way(),
    }
    return render(request, "proof/desk/verification.html", context)


@require_POST
@access.owner
def request_verification(request: Any) -> HttpResponse:
    if actions.request_verification(by=request.user.as_actor(), at=clock.now()):
        messages.success(request, _("The verification will start in a moment; this page will show what it finds."))
    else:
        messages.info(request, _("A verification is already under way."))
    return redirect("desk:proof:verification")
