import datetime

from carnet.audit.actors import WORKER
from carnet.jobs.declare import Daily, task
from carnet.kernel import clock
from carnet.proof import actions, queries, rules


@task
def verify() -> None:
    """Read everything again and compare, portion by portion, and keep what was found. Broken off, it begins anew."""
    began_at, findings = clock.now(), rules.Findings()
    for _check, records, faults in queries.verification():
        findings.add(records, faults)
    actions.keep_verification(findings=findings, began_at=began_at, by=WORKER, at=clock.now())
    actions.keep_heads(findings=findings, by=WORKER, at=clock.now())


SCHEDULE = [Daily(verify, at=datetime.time(3, 30))]
