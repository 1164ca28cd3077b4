"""`manage.py create_owner`: the first person of a new Carnet, who then signs in by a code sent to the address."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from carnet.audit.actors import system
from carnet.kernel import clock, text
from carnet.people.actions import persons
from carnet.people.models import LANGUAGES, Person


class Command(BaseCommand):
    help = "Makes the person with this address an owner; a new person signs in by a code sent to the address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--language", choices=[code for code, _name in LANGUAGES], default="fr")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        email = text.address(options["email"])
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is not an e-mail address.") from None
        by, at = system("create_owner"), clock.now()
        person = Person.objects.filter(email=email).first() or persons.create_person(
            email=email, name=options["name"], language=options["language"], by=by, at=at, verified=True
        )
        persons.set_staff_role(person, role=Person.Staff.OWNER, by=by, at=at)
        self.stdout.write(f"{email} is an owner. Sign in with a code sent to this address.")
