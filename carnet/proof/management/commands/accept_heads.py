"""`manage.py accept_heads`: says that an older state of the database was put back on purpose."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from carnet.audit.actors import system
from carnet.kernel import clock
from carnet.proof import actions


class Command(BaseCommand):
    help = (
        "After a backup was restored: the file of the ends of the journals is compared from here on. What stands in it "
        "stays, and the reason with it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="why, e.g. «disk failure, backup of 3 March restored»")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            number = actions.accept_heads(reason=options["reason"], by=system("accept_heads"), at=clock.now())
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"accept_heads: line {number} of the file. Run manage.py verify now.")
