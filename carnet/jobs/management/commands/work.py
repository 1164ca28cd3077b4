import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from carnet.jobs.worker import Worker


class Command(BaseCommand):
    help = "Runs background jobs and the schedule until SIGTERM or Ctrl-C; a running job is finished first."
    # The checks would load every page of the site, which a worker never shows.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what is due now, then stop")
        parser.add_argument(
            "--lease-seconds",
            type=int,
            default=60,
            help="after how long the job of a killed worker runs again (default: 60)",
        )

    def handle(self, *args: Any, once: bool, lease_seconds: int, **options: Any) -> None:
        worker = Worker(lease_seconds=lease_seconds)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop.set())
        if once:
            self.stdout.write(f"{worker.run_due()} jobs")
        else:
            worker.run()
