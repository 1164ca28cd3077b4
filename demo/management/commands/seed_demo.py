"""`manage.py seed_demo`: fills an empty database with the demo's invented provider, people and tickets."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from carnet.kernel import clock
from carnet.people.models import Person
from carnet.proof import tasks
from demo.year import buying, catalogue, company, contact, history, knowledge, outbox, returning, story, texts, today
from demo.year.people import CUSTOMERS, PASSWORD, TEAM, address_of


class Command(BaseCommand):
    help = "Fills an empty demo database with invented people; prints who can sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE == "live":
            raise CommandError("This is a live site: the demo's people have no place here.")
        if Person.objects.exists():
            raise CommandError("There are people already. Start over with an empty database: bin/demo --fresh")
        told = story.Story(clock.now())
        with transaction.atomic():
            for part in (company, knowledge, texts):
                part.build(by=story.DEMO, at=told.begin)
            catalogue.build(by=story.DEMO, at=told.begin, is_before_raise=True)
        with buying.paypal_beside(told), buying.vies_beside(told):
            with transaction.atomic():
                for chapter in (history, buying, returning, contact, today):
                    chapter.arrange(told)
            told.run()
        with transaction.atomic():
            outbox.keep()
        settings.HEADS_FILE.unlink(missing_ok=True)  # of an earlier demo in this folder
        tasks.verify.call()  # its result is at the desk from the first look on
        accounts = [
            {"name": member.name, "email": member.email, "password": PASSWORD, "role": member.staff} for member in TEAM
        ] + [
            {"name": name, "email": address_of(name), "password": PASSWORD, "role": role}
            for customer in CUSTOMERS[:4]
            for name, role in zip(customer.people[:2], ("holder", "member"), strict=False)
        ]
        (settings.VAR_DIR / "sign-in.json").write_text(json.dumps(accounts, ensure_ascii=False), "utf-8")
        self.stdout.write(f"Everyone signs in with the password {PASSWORD}")
        for account in accounts:
            self.stdout.write(f"  {account['email']:32} {account['role']:7} {account['name']}")
