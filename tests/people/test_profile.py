import pytest

from tests.factories.people import make_customer, make_member, make_person, signed_in

PAGE = "/my/profile/"
TYPED = {"name": "Claire M.", "phone": "01 99 00 12 34", "language": "es", "theme": "dark"}


def test_the_person_says_who_they_are(claire):
    browser = signed_in(claire)
    assert browser.get(PAGE).status_code == 200
    response = browser.post(PAGE, TYPED)
    assert response.headers["Location"] == PAGE
    claire.refresh_from_db()
    assert (claire.name, claire.phone, claire.language, claire.theme) == (
        "Claire M.",
        "+33 1 99 00 12 34",
        "es",
        "dark",
    )
    shown = browser.get(PAGE).content.decode()
    assert ('lang="es"' in shown, 'data-theme="dark"' in shown) == (True, True)


def test_the_phone_may_stay_empty(claire):
    assert signed_in(claire).post(PAGE, {**TYPED, "phone": "", "theme": ""}).status_code == 302
    claire.refresh_from_db()
    assert (claire.phone, claire.theme) == ("", "")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "C" * 100_000),
        ("phone", "call me"),
        ("phone", "1" * 100_000),
        ("language", "de"),
        ("theme", "pink"),
    ],
)
def test_what_was_typed_is_kept(claire, field, typed):
    response = signed_in(claire).post(PAGE, {**TYPED, field: typed})
    form = response.context["form"]
    assert (response.status_code, list(form.errors)) == (200, [field])
    assert form[field].value() == typed
    claire.refresh_from_db()
    assert claire.name == "Claire Martin"


@pytest.mark.parametrize("name", ["\u202eerialC", "🙂", "Cla\0ire", "قلب"])
def test_case_V2_names_of_all_kinds(claire, name):
    signed_in(claire).post(PAGE, {**TYPED, "name": name})
    claire.refresh_from_db()
    assert claire.name == name.translate({0: None, 0x202C: None, 0x202E: None})


def test_everybody_has_one(client, awa, odile, db):
    for person in (awa, odile, make_person()):
        assert signed_in(person).get(PAGE).status_code == 200
    assert client.get(PAGE).status_code == 302


def test_a_role_can_not_be_typed(claire):
    signed_in(claire).post(PAGE, {**TYPED, "staff": "owner", "email": "other@example.org"})
    claire.refresh_from_db()
    assert (claire.staff, claire.email) == ("", "claire@example.org")


def test_the_customers_one_belongs_to_stand_on_it(martins, claire):
    make_customer(claire, "Association du quartier", kind="company")
    shown = signed_in(claire).get(PAGE).content.decode()
    assert ("Famille Martin" in shown, "Association du quartier" in shown) == (True, True)


def test_a_buyer_is_not_asked_who_reads(martins, robledo, hugo):
    lea = make_person("Léa Morel")
    make_member(martins, lea, role="buyer")
    reading = "/my/profile/holder-reading/"
    assert reading in signed_in(hugo).get(PAGE).content.decode()
    assert reading not in signed_in(lea).get(PAGE).content.decode()


def test_mails_about_units_are_switched_off_and_on(claire):
    browser = signed_in(claire)
    assert claire.notify_units
    assert "checked" in str(browser.get(PAGE).context["form"]["notify_units"])
    for typed, is_on in ((TYPED, False), ({**TYPED, "notify_units": "on"}, True)):
        browser.post(PAGE, typed)
        claire.refresh_from_db()
        assert claire.notify_units is is_on
