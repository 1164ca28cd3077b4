import datetime

import pytest

from carnet.catalogue import rules
from carnet.kernel import money


@pytest.mark.parametrize(("months", "may"), [(5, False), (6, True), (12, True), (0, False), (None, False)])
def test_L3_a_pack_is_valid_for_6_months_at_least(months: int | None, may: bool) -> None:
    assert rules.may_publish_validity(months) is may


@pytest.mark.parametrize(("tokens", "may"), [(19, False), (20, True), (50, True), (None, True)])
def test_L9_sharing_begins_at_20_tokens(tokens: int | None, may: bool) -> None:
    assert rules.may_be_shared(tokens=tokens) is may


FRENCH, OUTSIDE = rules.Vat(200, "S"), rules.Vat(0, "O")


def _vat(kind, country, postcode="", *, owes=False, charged=True, rate=200, **choices):
    buyer = rules.TaxedBuyer(is_company=kind == "company", country=country, postcode=postcode, owes_vat=owes)
    return rules.vat_of_sale(
        is_charged=charged, rate_permille=rate, buyer=buyer, choices=rules.VatChoices(**choices)
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["company", "household"])
@pytest.mark.parametrize(
    ("country", "postcode", "vat"),
    [
        ("FR", "67000", FRENCH), ("FR", "", FRENCH), ("FR", "98000", FRENCH), ("MC", "98000", FRENCH),
        ("FR", "97110", rules.Vat(85, "S")), ("FR", "97200", rules.Vat(85, "S")), ("FR", "974 00", rules.Vat(85, "S")),
        ("FR", "97300", OUTSIDE), ("FR", "97600", OUTSIDE),
    ],
)  # fmt: skip
def test_O1_vat_of_france_and_its_overseas_departements(kind, country, postcode, vat):
    assert _vat(kind, country, postcode) == vat


@pytest.mark.parametrize(("rate", "there"), [(200, 85), (100, 21), (55, 21), (21, 21)])
def test_O1_the_rates_of_the_overseas_departements(rate, there):
    assert _vat("company", "FR", "97110", rate=rate) == rules.Vat(there, "S")


@pytest.mark.parametrize("postcode", ["97110", "97300"])
def test_O1_households_overseas_may_pay_the_vat_of_the_mainland(postcode):
    assert _vat("household", "FR", postcode, vat_overseas_consumers="mainland") == FRENCH
    assert _vat("company", "FR", postcode, vat_overseas_consumers="mainland") != FRENCH


@pytest.mark.parametrize("postcode", ["97133", "97150", "97500", "98600", "98714", "98800"])
def test_O1_overseas_collectivities_are_outside_the_union(postcode):
    assert _vat("company", "FR", postcode) is None
    assert _vat("household", "FR", postcode) == FRENCH
    assert _vat("household", "FR", postcode, vat_outside_eu_consumers="outside_france") == OUTSIDE


@pytest.mark.parametrize("country", sorted({*rules.EUROPEAN_UNION, "CH"}))
@pytest.mark.parametrize("kind", ["company", "household"])
def test_O1_in_franchise_nobody_is_charged_vat(kind, country):
    assert _vat(kind, country, owes=kind == "company", charged=False) == rules.Vat(0, "E")


def test_case_E2_a_business_elsewhere_in_the_union_owes_the_vat_itself_once_its_number_counts():
    assert _vat("company", "ES", owes=True) == rules.Vat(0, "AE")
    assert _vat("company", "ES") == FRENCH
    assert _vat("household", "ES") == FRENCH
    assert _vat("company", "ES", "97110", owes=True) == rules.Vat(0, "AE")


@pytest.mark.parametrize(
    ("chosen", "vat"),
    [("blocked", None), ("outside_france", OUTSIDE), ("export", rules.Vat(0, "G"))],
)
def test_O1_a_business_outside_the_union_as_the_accountant_chose(chosen, vat):
    assert _vat("company", "CH", vat_outside_eu_companies=chosen) == vat


@pytest.mark.parametrize(("chosen", "vat"), [("french", FRENCH), ("outside_france", OUTSIDE)])
def test_O1_a_household_outside_the_union_as_the_accountant_chose(chosen, vat):
    assert _vat("household", "CH", vat_outside_eu_consumers=chosen) == vat


@pytest.mark.parametrize(
    ("company", "country", "number", "may"),
    [
        (True, "ES", "ESB58378431", True), (True, "ES", "", False), (False, "ES", "ESB58378431", False),
        (True, "FR", "FR11123456782", False), (True, "CH", "CHE107787577", False),
    ],
)  # fmt: skip
def test_O1_whose_number_is_asked_about(company, country, number, may):
    assert rules.may_owe_vat(is_company=company, country=country, vat_number=number) is may


@pytest.mark.parametrize(
    ("vat", "split"),
    [
        (FRENCH, (20_000, 4_000)), (rules.Vat(0, "E"), (24_000, 0)), (rules.Vat(0, "AE"), (20_000, 0)),
        (OUTSIDE, (20_000, 0)), (rules.Vat(85, "S"), (20_000, 1_700)),
    ],
)  # fmt: skip
def test_O1_another_rate_is_reckoned_from_the_net_price(vat, split):
    assert rules.price_of(24_000, 200, vat) == split


def test_O1_every_price_overseas_splits_again_into_what_was_charged():
    for cents in range(1, 30_001):
        price = rules.price_of(cents, 200, rules.Vat(85, "S"))
        assert money.split_gross(price.net_cents + price.vat_cents, 85) == price


HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("outcome", "again", "counts"),
    [
        ("valid", DAY, 30 * DAY),
        ("invalid", datetime.timedelta(minutes=10), DAY),
        ("unreachable", datetime.timedelta(minutes=1), HOUR),
    ],
)
def test_O1_how_long_an_answer_of_vies_counts(outcome, again, counts):
    second = datetime.timedelta(seconds=1)
    assert not rules.is_asked_again(outcome, again - second)
    assert rules.is_asked_again(outcome, again)
    assert rules.answer_counts(outcome, counts)
    assert not rules.answer_counts(outcome, counts + second)


def test_O1_vies_is_asked_again_hourly_then_daily():
    ordered = datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC)
    assert rules.next_check_at(ordered, ordered) == ordered + HOUR
    assert rules.next_check_at(ordered, ordered + 23 * HOUR) == ordered + 24 * HOUR
    assert rules.next_check_at(ordered, ordered + DAY) == ordered + 2 * DAY
