import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from carnet.kernel import references

BODIES = st.tuples(*(st.sampled_from(characters) for characters in references.PATTERN)).map("".join)


def whole(body: str) -> str:
    return f"RF{references.check_digits(body)}{body}"


def test_O2_a_new_one_is_valid_by_the_standard():
    reference = references.new_reference()
    assert iso11649.is_valid(reference)
    assert references.read(reference) == reference


def test_O2_two_new_ones_differ():
    assert references.new_reference() != references.new_reference()


@given(BODIES)
def test_O2_the_standard_agrees(body):
    assert iso11649.is_valid(whole(body))


@given(BODIES, st.integers(2, 11), st.sampled_from(string.ascii_uppercase + string.digits))
def test_O2_every_single_substituted_character_is_noticed(body, place, character):
    reference = whole(body)
    changed = reference[:place] + character + reference[place + 1 :]
    # O and I are read as 0 and 1 in the check digits: then nothing was substituted.
    same = changed if place > 3 else changed[:2] + changed[2:4].replace("O", "0").replace("I", "1") + changed[4:]
    assert references.read(changed) == (reference if same == reference else None)


@pytest.mark.parametrize("text", ["", "RF", "RF52", "AB23CD45", "XX52AB23CD45", "RF52AB23CD451", "RF52 2323 CD45"])
def test_O2_what_is_no_reference(text):
    assert references.read(text) is None


def test_O2_case_blanks_dots_and_hyphens_do_not_matter():
    reference = whole("AB23CD45")
    assert references.read(f" {references.grouped(reference).lower()} ") == reference
    assert references.read("-".join([reference[:4], reference[4:8], reference[8:]])) == reference
    assert references.read(".".join([reference[:4], reference[4:]])) == reference


def test_O2_o_and_i_are_zero_and_one_in_the_check_digits_only():
    body = next(
        letter + "B23CD4" + digit
        for letter in references.LETTERS
        for digit in references.DIGITS
        if "0" in references.check_digits(letter + "B23CD4" + digit)
    )
    reference = whole(body)
    assert references.read(reference.replace("0", "O")) == reference
    assert references.read(reference[:6] + "O" + reference[7:]) is None


def test_O2_a_letter_that_only_becomes_one_as_a_capital_is_none():
    reference = whole("SS23CD45")
    assert references.read(reference.replace("SS", "S\u017f")) is None
    assert references.read(reference.replace("SS", "\u00df")) is None


@pytest.mark.parametrize(
    "statement",
    [
        "{}", "VIR SEPA MARTIN /REF/{} MERCI", "vir martin\u00a0: {}.", "({})", "REF_{}", "RF {}", "{} {}",
    ],
)  # fmt: skip
@given(BODIES)
def test_O2_it_is_found_in_a_statement(statement, body):
    reference = whole(body)
    for written in (reference, references.grouped(reference), reference.lower(), "-".join(reference)):
        assert references.find(statement.replace("{}", written)) == reference


@pytest.mark.parametrize("statement", ["", "VIR MARTIN", "X{}", "{}7", "é{}", "{} and {other}", "{wrong}"])
def test_O2_what_is_not_found_in_a_statement(statement):
    reference, other = whole("AB23CD45"), whole("AB23CD46")
    wrong = f"RF{int(reference[2:4]) + 1:02d}AB23CD45"
    filled = statement.replace("{}", reference).replace("{other}", other).replace("{wrong}", wrong)
    assert references.find(filled) is None


def test_O2_one_that_begins_inside_what_only_looks_like_one_is_found():
    reference = whole("AB23CD45")
    assert references.find(f"RF52 AB23 {references.grouped(reference)}") == reference


@given(st.text(alphabet="RFI0-/. 2345ABab\u00a0\u017f", max_size=60))
def test_O2_what_is_found_is_a_reference(text):
    found = references.find(text)
    assert found is None or references.read(found) == found


def test_it_is_printed_in_groups_of_four():
    assert references.grouped("RF52AB23CD45") == "RF52 AB23 CD45"
