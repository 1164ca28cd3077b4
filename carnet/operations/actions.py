import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.jobs import actions as jobs
from carnet.jobs.models import Job
from carnet.kernel import clock
from carnet.operations import mails, queries, rules
from carnet.operations.models import VerificationRun
from carnet.tickets.models import RunningWork

WORKED_THROUGH_SECONDS = 1800


@transaction.atomic
def put_clock_forward(*, seconds: int, key: str, by: Actor, at: datetime.datetime) -> int:
    """Put the demo's clock forward and return the seconds by which it is ahead now; the same key again does nothing.

    Only in demo and tests, elsewhere `ValueError`; and never back, since the journal only grows. Over half an hour or
    less, agents whose clocks run work on as if they had been there all the time; over more, they are gone (T17).
    """
    if Entry.objects.filter(code="clock.put_forward", details__key=key).exists():
        return clock.ahead_seconds()
    audit.record("clock.put_forward", by=by, at=at, seconds=seconds, key=key)
    ahead = clock.put_forward(seconds)
    if seconds <= WORKED_THROUGH_SECONDS:
        now = at + datetime.timedelta(seconds=seconds)
        RunningWork.objects.filter(stopped_at=None, last_sign_at__lt=now).update(last_sign_at=now)
    return ahead


@transaction.atomic
def retry_job(*, job_id: int, by: Actor, at: datetime.datetime) -> Job:
    """Let a job that was given up run again. Refuses `JobNotFailed` and `JobAlreadyWaiting` of jobs."""
    job = jobs.retry_job(job_id, at=at)
    audit.record("job.retried", by=by, at=at, subject=("job", job.pk), name=job.name)
    return job


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
        faults=findings.faults, digest=findings.digest, told=is_told, actor_kind=by.kind, actor_id=by.id,
        actor_label=by.label,
    )  # fmt: skip
    audit.record(
        "verification.ended", by=by, at=at, subject=("verification", run.pk), records=run.records,
        faults=run.fault_count,
    )  # fmt: skip
    if is_told:
        for owner in queries.owners():
            mails.faults_found(run, owner, at=at)
    return run
