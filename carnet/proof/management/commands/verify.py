"""`manage.py verify`: replays everything that was written, and compares with what the tables say."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from carnet.audit.actors import system
from carnet.kernel import clock
from carnet.proof import actions, queries, rules
from carnet.proof.shown.faults import sentence


class Command(BaseCommand):
    help = (
        "Replays what was written and compares; the desk shows the result. Exits with 1 and names each fault if "
        "something does not agree."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        began_at, started = clock.now(), time.perf_counter()
        findings, of_check, firsts = rules.Findings(), rules.Findings(), list[rules.Fault]()
        name, check_started = "", started
        for check, records, faults in queries.verification():
            if check != name:
                self._tell(name, of_check, time.perf_counter() - check_started)
                name, of_check, check_started = check, rules.Findings(), time.perf_counter()
            of_check.add(records, faults)
            findings.add(records, faults)
            if faults and check not in {first.check for first in firsts}:
                firsts.append(faults[0])
            for fault in faults:
                self.stdout.write(f"  {sentence(fault)}")
        self._tell(name, of_check, time.perf_counter() - check_started)
        seconds = time.perf_counter() - started
        self.stdout.write(
            f"verify: {findings.records} records in {seconds:.2f} s, {findings.records / seconds:.0f} records a second."
        )
        actions.keep_verification(findings=findings, began_at=began_at, by=system("verify"), at=clock.now())
        actions.keep_heads(findings=findings, by=system("verify"), at=clock.now())
        if findings.fault_count:
            self.stderr.write(f"verify: records do not match, {findings.fault_count} faults. The first of each check:")
            for fault in firsts:
                self.stderr.write(f"  {fault.check}: {sentence(fault)}")
            self.stderr.write("Nothing was changed. Leave the database as it is, and look at this fault first.")
            raise SystemExit(1)
        self.stdout.write("verify: no faults.")

    def _tell(self, name: str, found: rules.Findings, seconds: float) -> None:
        if name:
            self.stdout.write(f"{name}: {found.records} records in {seconds:.2f} s, faults: {found.fault_count}")
