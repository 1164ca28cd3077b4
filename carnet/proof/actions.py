import datetime

from django.db import transaction

from carnet.audit import actions as audit
from carnet.audit.actors import Actor
from carnet.jobs import actions as jobs
from carnet.people import queries as people
from carnet.proof import heads, mails, queries, rules
from carnet.proof.models import VerificationRun
from carnet.proof.replays import heads as ends


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
        faults=[fault.as_row() for fault in findings.faults], digest=findings.digest, told=is_told, **by.columns,
    )  # fmt: skip
    audit.record(
        "verification.ended", by=by, at=at, subject=("verification", run.pk), records=run.records,
        faults=run.fault_count,
    )  # fmt: skip
    if is_told:
        for owner in people.owners():
            mails.faults_found(run, owner, at=at)
    return run


def keep_heads(*, findings: rules.Findings, by: Actor, at: datetime.datetime) -> bool:
    """Add the ends of all journals to the file outside the database, if a verification has found them sound; whether it
    did.

    Not in one transaction, on purpose: what the file takes over has been committed, else it would know of rows that
    never were. If the audit entry then fails, the file knows more than the database, which is no fault.
    """
    if findings.faulty_checks & queries.CHAINS:
        return False
    now = ends.now()
    number, seal = heads.append(at.isoformat(), heads.as_content(now, heads.known()))
    audit.record("heads.written", by=by, at=at, subject=("heads", number), number=number, seal=seal)
    return True


@transaction.atomic
def accept_heads(*, reason: str, by: Actor, at: datetime.datetime) -> int:
    """An older state was put back on purpose: from now on the file outside the database is compared from here on. What
    stands in it stays, the reason with it. Returns the number of its new line; ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("the reason is missing")
    number, seal = heads.append(at.isoformat(), {"accepted": reason.strip(), "by": by.label})
    audit.record("heads.accepted", by=by, at=at, subject=("heads", number), number=number, seal=seal)
    return number
