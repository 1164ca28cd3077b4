"""Every mail about units, in the three languages: rendered, without a leftover, with the link that matters."""

import pytest

from carnet.ledger import mails
from carnet.ledger.queries import Ending, Low
from carnet.mail.models import OutgoingMail
from carnet.people.models import Person
from carnet.provider import actions as provider
from carnet.provider.queries import forget
from tests.factories.ledger import TEST, give, give_trial, moment, sell, take
from tests.tickets.test_mails import check

AT = moment("2027-01-11 12:00")


@pytest.fixture(params=["fr", "en", "es"])
def language(request):
    return request.param


@pytest.fixture
def reader(claire, language):
    Person.objects.filter(pk=claire.pk).update(language=language, name="Claire <b>")
    claire.refresh_from_db()
    return claire


def ending(customer, person, *lots):
    mails.units_ending(Ending(customer, person, tuple((lot, 30) for lot in lots)), key="k", at=AT)
    return OutgoingMail.objects.get()


def test_of_every_kind(martins, reader, language):
    trial = give_trial(martins)
    take(reader, martins, unit="minute", quantity=5, origins=("trial",))
    trial.refresh_from_db()
    lots = [
        sell(martins, 20), sell(martins, 300, unit="minute"), give(martins, 1), give(martins, 45, unit="minute"), trial,
    ]  # fmt: skip
    mail = ending(martins, reader, *lots)
    check(mail, language, "/my/")
    assert "2028" in mail.text
    assert "/my/profile/" in mail.text
    assert "/my/profile/" in mail.html
    assert mail.html.count("<li") == 5


def test_one_lot_stands_in_the_subject(martins, reader, language):
    mail = ending(martins, reader, sell(martins, 20))
    check(mail, language, "/my/")
    assert "20 tickets" in mail.subject
    assert "2028" in mail.subject


def set_to(name, value):
    provider.change_setting(name=name, value=value, by=TEST, at=AT)
    forget()


def test_L5_L6_how_bought_units_are_kept_is_as_the_settings_say(martins, claire):
    Person.objects.update(language="en")
    claire.refresh_from_db()
    lot = sell(martins, 20)
    text = ending(martins, claire, lot).text
    assert "Your next pack of the same kind revives them" in text
    assert "nothing becomes dormant" in text
    OutgoingMail.objects.all().delete()
    set_to("revive_by", "any")
    set_to("early_renewal", "keeps")
    text = ending(martins, claire, lot).text
    assert "Your next pack of any kind revives them" in text
    assert "nothing becomes dormant" not in text


def test_goodwill_is_not_said_to_come_back(martins, claire):
    Person.objects.update(language="en")
    claire.refresh_from_db()
    text = ending(martins, claire, give(martins, 2)).text
    assert ("are not revived" in text, "dormant" in text) == (True, False)


@pytest.mark.parametrize(("unit", "left"), [("token", 1), ("token", 0), ("minute", 30), ("minute", 0)])
def test_low(martins, reader, language, unit, left):
    mails.units_low(Low(martins, reader, unit, left), key="k", at=AT)
    check(OutgoingMail.objects.get(), language, f"/{language}/")


def test_without_a_name(martins, claire, language):
    Person.objects.filter(pk=claire.pk).update(language=language, name="")
    claire.refresh_from_db()
    check(ending(martins, claire, sell(martins, 20)), language, "/my/")
