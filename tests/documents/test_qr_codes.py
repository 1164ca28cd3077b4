import re

import pytest
from segno.helpers import make_epc_qr

from carnet.documents import qr_codes

EPC = {"name": "AIDE SARL", "iban": "FR76", "bic": "AGRIFRPP", "amount_cents": 7_005, "reference": "RF52AB23CD45"}


def test_what_the_code_of_a_transfer_says():
    assert qr_codes.epc_payload(**EPC) == "BCD\n002\n1\nSCT\nAGRIFRPP\nAIDE SARL\nFR76\nEUR70.05\n\nRF52AB23CD45"


def test_what_just_fits_into_the_code_of_a_transfer():
    lines = qr_codes.epc_payload(**(EPC | {"name": "é" * 70, "amount_cents": 1, "reference": "R" * 35})).split("\n")
    assert (lines[5], lines[7], lines[8:]) == ("é" * 70, "EUR0.01", ["", "R" * 35])
    assert qr_codes.epc_payload(**(EPC | {"amount_cents": 99_999_999_999})).split("\n")[7] == "EUR999999999.99"
    fixed = len(qr_codes.epc_payload(**(EPC | {"bic": ""})).encode())
    assert len(qr_codes.epc_payload(**(EPC | {"bic": "x" * (331 - fixed)})).encode()) == 331
    with pytest.raises(ValueError, match="too many"):
        qr_codes.epc_payload(**(EPC | {"bic": "x" * (332 - fixed)}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "x" * 71}, {"name": ""}, {"amount_cents": 0}, {"amount_cents": 100_000_000_000}, {"reference": ""},
        {"reference": "R" * 36}, {"bic": "é" * 150}, {"name": "AIDE\nSARL"}, {"iban": "FR76\r"},
    ],
)  # fmt: skip
def test_what_no_code_can_say(wrong):
    with pytest.raises(ValueError, match=r"no transfer|too many"):
        qr_codes.epc_payload(**(EPC | wrong))


def test_the_code_of_a_transfer_is_drawn_without_styles():
    svg = qr_codes.transfer_qr("BCD\n002\n1\nSCT\n\nAIDE\nFR76\nEUR1.00\n\nRF52AB23CD45")
    assert svg.startswith("<svg")
    assert "style" not in svg


def test_the_code_of_a_transfer_is_utf_8_as_it_says():
    """Another maker of such codes draws the same squares."""
    facts = {"name": "Société Zoé", "iban": "FR7630006000011234567890189", "bic": "AGRIFRPP"}
    drawn = qr_codes.transfer_qr(qr_codes.epc_payload(**facts, amount_cents=7_005, reference="RF52AB23CD45"))
    official = make_epc_qr(**facts, amount="70.05", reference="RF52AB23CD45", encoding="utf-8")
    assert squares(drawn) == squares(official.svg_inline(omitsize=True, border=4))


def squares(svg):
    return re.findall(r' d="([^"]+)"', svg)[-1]


def test_the_longest_code_of_a_transfer_can_be_drawn():
    assert "<svg" in qr_codes.transfer_qr("x" * qr_codes.EPC_MOST_BYTES)
