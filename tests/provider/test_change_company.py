import datetime

import pytest
from django.db import IntegrityError, transaction

from carnet.audit.actors import Actor
from carnet.audit.models import Entry
from carnet.kernel.refused import Refused
from carnet.provider import actions, queries
from carnet.provider.models import Company

pytestmark = pytest.mark.django_db

OWNER = Actor("team", 7, "owner 7")
AT = datetime.datetime(2027, 3, 1, 10, 0, tzinfo=datetime.UTC)


def change(**fields: object) -> Company:
    return actions.change_company(fields=fields, by=OWNER, at=AT)


def test_reading_before_anything_is_set_up_writes_nothing() -> None:
    assert queries.company().trade_name == "Carnet"
    assert Company.objects.count() == 0


def test_changes_only_the_fields_given() -> None:
    change(legal_name="Assistance Exemple", legal_form="SARL", city="Strasbourg")
    change(postcode="67000")
    company = queries.company()
    assert (company.name_with_form, company.address_lines) == ("Assistance Exemple SARL", ["67000 Strasbourg"])


def test_setting_up_is_the_same_verb_and_can_be_repeated() -> None:
    first = actions.set_up_company(fields={"trade_name": "Carnet"}, by=OWNER, at=AT)
    again = actions.set_up_company(fields={"trade_name": "Carnet"}, by=OWNER, at=AT)
    assert (first.pk, again.pk, Entry.objects.count()) == (1, 1, 0)


def test_numbers_are_stored_without_blanks() -> None:
    company = change(
        siren="732 829 320",
        siret="732 829 320 00074",
        vat_number="fr 44 732 829 320",
        iban="fr14 2004 1010 0505 0001 3M02 606",
    )
    assert (company.siren, company.siret, company.vat_number, company.iban) == (
        "732829320",
        "73282932000074",
        "FR44732829320",
        "FR1420041010050500013M02606",
    )
    assert change(siren="  ").siren == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("siren", "732829321"),
        ("siret", "73282932000075"),
        ("vat_number", "FR45732829320"),
        ("iban", "FR1420041010050500013M02607"),
        ("bic", "XX"),
    ],
)
def test_a_wrong_number_is_refused_beside_its_field(name: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        change(city="Metz", **{name: value})
    assert (refused.value.code, refused.value.field) == (f"provider.{name}_wrong", name)
    assert queries.company().city == ""


def test_the_siret_must_be_of_the_same_company() -> None:
    with pytest.raises(actions.SiretOfAnotherCompany):
        change(siren="552100554", siret="73282932000074")


def test_the_name_can_not_be_empty() -> None:
    with pytest.raises(actions.CompanyUnnamed):
        change(trade_name="  ")


def test_an_unknown_field_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="colour"):
        change(colour="red")


def test_the_audit_names_the_fields_only() -> None:
    change(phone="+33 3 55 55 01 01", city="Metz")
    entry = Entry.objects.get()
    assert (entry.code, entry.details) == ("company.changed", {"fields": ["city", "phone"]})


def test_nothing_changed_writes_no_audit() -> None:
    change(city="Metz")
    change(city="Metz")
    assert Entry.objects.count() == 1


def test_there_is_one_row() -> None:
    change(city="Metz")
    with pytest.raises(IntegrityError), transaction.atomic():
        Company.objects.create(pk=2)


def test_who_answers_about_personal_data() -> None:
    assert change(email="hello@example.org").address_for_privacy == "hello@example.org"
    assert change(privacy_email="privacy@example.org").address_for_privacy == "privacy@example.org"


@pytest.mark.parametrize(
    ("legal_name", "legal_form", "named"),
    [
        ("", "", "Carnet"),
        ("Martin Exemple", "EI", "Martin Exemple EI"),
        ("Exemple SARL", "SARL", "Exemple SARL"),
    ],
)
def test_the_seller_is_named_with_its_legal_form_once(legal_name: str, legal_form: str, named: str) -> None:
    assert change(legal_name=legal_name, legal_form=legal_form).name_with_form == named


def test_vat_is_charged_unless_in_franchise() -> None:
    assert change().is_vat_charged is True
    assert change(vat_scheme="franchise").is_vat_charged is False


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"vat_number": "FR11123456782"}, actions.ProviderVatNumberOfAnotherCompany),
        ({"vat_number": "DE136695976"}, actions.ProviderVatNumberOfAnotherCountry),
        ({"country": "ES"}, actions.ProviderVatNumberOfAnotherCountry),
    ],
)
def test_case_A7_numbers_that_do_not_belong_together(fields, refusal):
    change(siren="732829320", vat_number="FR44732829320")
    with pytest.raises(refusal):
        change(**fields)
