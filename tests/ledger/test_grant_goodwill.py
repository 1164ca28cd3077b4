import pytest
from django.urls import reverse

from carnet.kernel import clock
from carnet.ledger import queries
from carnet.ledger.actions import lots, movements
from carnet.ledger.forms import GrantGoodwillForm
from carnet.ledger.models import Lot, LotNote
from tests.factories.ledger import TEST, buckets, day, give, moment, new_key
from tests.factories.people import make_member, make_person, signed_in

KEY = "0123456789abcdef0123456789abcdef"


def grant(customer, **changed):
    given = {
        "unit": "token",
        "quantity": 3,
        "last_day": day("2027-08-31"),
        "reason": "  The answer came too late. ",
    }
    key = changed.pop("key", None) or new_key()
    goodwill = lots.Goodwill(**(given | changed))
    return lots.grant_goodwill(customer=customer, goodwill=goodwill, by=TEST, at=moment("2027-01-11 12:00"), key=key)


def test_L8_goodwill_has_a_reason_and_a_last_day(martins):
    lot = grant(martins)
    assert (lot.origin, lot.last_day, lot.shared, lot.price_cents) == ("goodwill", day("2027-08-31"), True, 0)
    assert (buckets(lot), LotNote.objects.get().text) == ({"available": 3}, "The answer came too late.")
    assert queries.balance_on(martins, day("2027-09-01")).tokens.lapsed == 3
    assert [line.rule for line in queries.movements_of(martins)] == ["L8"]


def test_L9_given_to_one_person_it_is_not_shared(martins, hugo):
    lot = grant(martins, person=hugo)
    assert (lot.shared, lot.person) == (False, hugo)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"reason": " \n"}, lots.GoodwillReasonMissing),
        ({"last_day": None}, lots.LastDayMissing),
        ({"last_day": day("2027-01-10")}, lots.LastDayPast),
    ],
)
def test_L8_refused(martins, wrong, refusal):
    with pytest.raises(refusal):
        grant(martins, **wrong)
    assert not Lot.objects.exists()


def test_today_is_a_last_day(martins):
    assert grant(martins, last_day=day("2027-01-11")).available == 3


def test_L9_not_to_a_stranger_nor_to_a_buyer(martins, ines):
    with pytest.raises(movements.NotAMember):
        grant(martins, person=ines)
    make_member(martins, ines, role="buyer")
    with pytest.raises(movements.NotAMember):
        grant(martins, person=ines)


# The page at the desk.


def address(customer):
    return reverse("desk:ledger:grant_goodwill", args=[customer.pk])


def typed(**changed):
    return {
        "key": KEY,
        "unit": "token",
        "quantity": "3",
        "last_day": "2099-08-31",
        "reason": "The answer came too late.",
        "person": "",
    } | changed


@pytest.fixture
def before_2099():
    """The desk's clock shows a day in 2098, whenever the tests run."""
    clock.put_forward(int((moment("2098-01-11 12:00") - clock.now()).total_seconds()))


@pytest.fixture
def desk(odile, before_2099):
    return signed_in(odile)


def test_the_owner_gives(martins, desk, odile):
    page = desk.get(address(martins))
    assert (page.status_code, page.context["form"]["key"].initial != "") == (200, True)
    answer = desk.post(address(martins), typed())
    assert (answer.status_code, answer.url) == (302, reverse("desk:home:customer", args=[martins.pk]))
    lot = Lot.objects.get()
    assert (lot.customer, lot.quantity, lot.unit, lot.last_day) == (martins, 3, "token", day("2099-08-31"))
    line = queries.movements_of(martins).get()
    assert (line.actor_kind, line.actor_id, line.key) == ("team", odile.pk, KEY)


def test_L12_a_second_submit_gives_nothing_more(martins, desk):
    for _ in range(2):
        assert desk.post(address(martins), typed()).status_code == 302
    assert Lot.objects.count() == 1


def test_L12_the_key_with_other_content_is_told_and_what_was_typed_is_kept(martins, desk):
    desk.post(address(martins), typed())
    page = desk.post(address(martins), typed(quantity="5"))
    assert (page.status_code, len(page.context["form"].non_field_errors())) == (200, 1)
    assert page.context["form"]["quantity"].value() == "5"
    assert Lot.objects.count() == 1


def test_to_one_person(martins, desk, hugo, ines):
    make_member(martins, make_person("Paul Comptable"), role="buyer")
    names = [str(person) for person in desk.get(address(martins)).context["form"].fields["person"].queryset]
    assert names == ["Claire Martin", "Hugo Martin"]
    assert desk.post(address(martins), typed(person=str(hugo.pk))).status_code == 302
    assert Lot.objects.get().person == hugo
    page = desk.post(address(martins), typed(person=str(ines.pk), key=KEY[::-1]))
    assert list(page.context["form"].errors) == ["person"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "51"}, "quantity"),
        ({"quantity": "9" * 30}, "quantity"),
        ({"quantity": "three"}, "quantity"),
        ({"last_day": ""}, "last_day"),
        ({"last_day": "2098-01-09"}, "last_day"),
        ({"last_day": "9999-12-31"}, "last_day"),
        ({"last_day": "31/02/2099"}, "last_day"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": "\0"}, "reason"),
        ({"person": "nobody"}, "person"),
        ({"person": "9" * 30}, "person"),
        ({"unit": "minute"}, "unit"),
        ({"key": "short"}, "key"),
    ],
    ids=str,
)
def test_bad_input_is_told_next_to_its_field(martins, desk, wrong, field):
    page = desk.post(address(martins), typed(**wrong))
    assert (page.status_code, list(page.context["form"].errors)) == (200, [field])
    assert not Lot.objects.exists()


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_the_page_in_three_languages(martins, odile, before_2099, language):
    odile.language = language
    odile.save()
    assert signed_in(odile).get(address(martins)).headers["Content-Language"] == language


def test_an_agent_a_holder_and_nobody_may_not(martins, claire, awa, client):
    for person in (claire, awa):
        for method in ("get", "post"):
            assert getattr(signed_in(person), method)(address(martins)).status_code == 404
    assert client.get(address(martins)).status_code == 302
    give(martins)


def test_wrong_method_and_unknown_customer(martins, desk):
    assert desk.put(address(martins)).status_code == 405
    assert desk.get(address(martins).replace(str(martins.pk), "9" * 25)).status_code == 404


def test_case_V1_a_last_day_too_far_ahead_is_told_next_to_its_field(martins):
    form = GrantGoodwillForm(typed(last_day="2031-01-01"), customer=martins, today=day("2027-01-11"))
    assert list(form.errors) == ["last_day"]
    assert form.has_error("last_day", "too_far")
    assert GrantGoodwillForm(typed(last_day="2029-12-31"), customer=martins, today=day("2027-01-11")).is_valid()
