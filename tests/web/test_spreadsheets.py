import pytest

from carnet.web import spreadsheets


@pytest.mark.parametrize(
    "value", ["0001234567890123456", "01", "1234567890123456", "0612345678", "00 12", "12E5", "3e10", "1/2",
              "12:30", "1-2",
              "2027-02-26", "12.03.2027", " 007"]
)  # fmt: skip
def test_case_C18_numbers_that_are_names_survive_a_spreadsheet(value):
    assert spreadsheets.as_text(value) == f"'{value}"


@pytest.mark.parametrize(
    "value", ["", "Claire", "F2027-000001", "RF33AB23CD45", "552100554", "12", "12 rue", "1e", "E5", "=1"]
)
def test_what_a_spreadsheet_leaves_alone_stays_as_it_is(value):
    assert spreadsheets.as_text(value) == value


@pytest.mark.parametrize(
    "value", ["=1+1", "+33", "-1", "-1,50+1,50", "-12,5", "--1,50", "@x", "\tx", "＝1+1", "＠x", "\n=1"]
)
def test_no_text_is_a_formula(value):
    assert spreadsheets.harmless(value) == f"'{value}"
    assert spreadsheets.harmless(-1) == -1


@pytest.mark.parametrize("amount", ["-0,50", "-1234.50", "240,00"])
def test_an_amount_below_zero_can_be_added_up(amount):
    assert spreadsheets.harmless(amount) == amount
