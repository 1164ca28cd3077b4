"""`manage.py purge`: deletes and empties what personal data may be kept no longer, as the worker does every night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from carnet.audit.actors import system
from carnet.kernel import clock
from carnet.office import actions


class Command(BaseCommand):
    help = "Deletes and empties what personal data may be kept no longer, and says how many rows of each kind."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        is_dry = options["dry_run"]
        for kind, count in actions.purge(by=system("purge"), at=clock.now(), is_dry=is_dry).items():
            self.stdout.write(f"{kind}: {count}")
        self.stdout.write("purge: nothing was changed." if is_dry else "purge: done.")
