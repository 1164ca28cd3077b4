import pytest

from carnet.catalogue import rules


@pytest.mark.parametrize(("months", "may"), [(5, False), (6, True), (12, True), (0, False), (None, False)])
def test_L3_a_pack_is_valid_for_6_months_at_least(months: int | None, may: bool) -> None:
    assert rules.may_publish_validity(months) is may


@pytest.mark.parametrize(("tokens", "may"), [(19, False), (20, True), (50, True), (None, True)])
def test_L9_sharing_begins_at_20_tokens(tokens: int | None, may: bool) -> None:
    assert rules.may_be_shared(tokens=tokens) is may


@pytest.mark.parametrize(
    ("charged", "company", "country", "vat"),
    [
        (True, False, "FR", rules.Vat(200, "S")),
        (True, True, "FR", rules.Vat(200, "S")),
        (True, True, "ES", None),  # case E2
        (True, False, "CH", rules.Vat(200, "S")),
        (True, True, "CH", None),
        (False, True, "CH", rules.Vat(0, "E")),
    ],
)
def test_the_vat_of_a_sale(charged, company, country, vat):
    found = rules.vat_of_sale(is_charged=charged, rate_permille=200, is_company=company, country=country)
    assert found == vat


@pytest.mark.parametrize(
    ("company", "number", "vat"),
    [
        (True, "", None),
        (True, "ESB58378431", None),
        (False, "", rules.Vat(200, "S")),
        (False, "ESB58378431", rules.Vat(200, "S")),
    ],
)
def test_case_E2_who_owes_the_vat_in_another_country_is_not_charged_it_here(company, number, vat):
    found = rules.vat_of_sale(is_charged=True, rate_permille=200, is_company=company, country="ES", vat_number=number)
    assert found == vat
