import pytest
from django.core.management import CommandError, call_command

from carnet.audit.models import Entry
from carnet.people import queries
from carnet.people.models import Person

pytestmark = pytest.mark.django_db


def test_the_first_owner_of_a_new_carnet() -> None:
    call_command("create_owner", " Odile@Example.org", name="Odile Bernard", language="fr")
    odile = Person.objects.get()
    assert (odile.email, odile.name, odile.is_owner, odile.has_usable_password()) == (
        "odile@example.org", "Odile Bernard", True, False,
    )  # fmt: skip
    assert queries.has_proved_address(odile)
    assert Entry.objects.filter(code="person.created", actor_label="create_owner").count() == 1


def test_somebody_who_is_there_becomes_an_owner(awa: Person) -> None:
    call_command("create_owner", "awa@example.org", name="Somebody else")
    awa.refresh_from_db()
    assert (awa.name, awa.is_owner) == ("Awa Diallo", True)


def test_twice_is_once(db: None) -> None:
    for _ in range(2):
        call_command("create_owner", "odile@example.org", name="Odile")
    assert Person.objects.get().is_owner


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("create_owner", "odile", name="Odile")
    assert not Person.objects.exists()
