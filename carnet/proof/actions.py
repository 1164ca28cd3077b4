import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.jobs import actions as jobs
from carnet.proof import mails, queries, rules
from carnet.proof.models import VerificationRun


@transaction.atomic
def request_verification(*, by: Actor, at: datetime.datetime) -> bool:
    """Have the worker read everything again and compare, as it does at night; False if that waits or runs already."""
    if queries.verification_under_way():
        return False
    jobs.enqueue(queries.VERIFY, key=queries.VERIFY_KEY, at=at)
    audit.record("verification.requested", by=by, at=at)
    return True


@transaction.atomic
def keep_verification(
    *, findings: rules.Findings, began_at: datetime.datetime, by: Actor, at: datetime.datetime
) -> VerificationRun:
    """Keep what a verification found, and tell the owners by mail if it is news: once for the same faults, until all
    agreed again.
    """
    is_told = rules.is_news(findings.digest, told_digest=queries.told_digest())
    run = VerificationRun.objects.create(
        began_at=began_at, ended_at=at, records=findings.records, fault_count=findings.fault_count,
        faults=findings.faults, digest=findings.digest, told=is_told, **by.columns,
    )  # fmt: skip
    audit.record(
        "verification.ended", by=by, at=at, subject=("verification", run.pk), records=run.records,
        faults=run.fault_count,
    )  # fmt: skip
    if is_told:
        for owner in queries.owners():
            mails.faults_found(run, owner, at=at)
    return run
