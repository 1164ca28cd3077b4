import time

import pytest

from carnet.kernel import text


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("Andre\u0301a", "Andréa"),
        ("\u200bAndréa\ufeff", "Andréa"),
        ("\u202eevil\u202c", "evil"),
        ("\u200fClaire\u200e Martin", "Claire Martin"),
        ("Claire\r\nBcc: all@example.org", "Claire Bcc: all@example.org"),
        ("Claire\t\u2028Martin", "Claire Martin"),
        ("Claire\x1b[31m\x00\x7f\x85Martin", "Claire[31m Martin"),
        ("\u00a0\u202fClaire\u3164", "Claire"),
        ("\u3164\u2800", ""),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200d Claire \u200c", "Claire"),
        ("Cla\u00adire\U000e0041", "Claire"),
        ("12 500\u202f€", "12 500\u202f€"),
        ("\ud800x", "x"),
        ("", ""),
    ],
)
def test_case_A3_V2_one_line(typed: str, clean: str) -> None:
    assert text.one_line(typed) == clean
    assert text.one_line(clean) == clean


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("One\r\ntwo\rthree\u2029four", "One\ntwo\nthree\nfour"),
        ("  a\tb   c\n\n d\n", "  a\tb   c\n\n d"),
        ("Caf\u0065\u0301\x00\x1b", "Café"),
        ("\u202eevil\u202c \u200bx", "evil x"),
        ("שלום\u200f abc", "שלום\u200f abc"),
        (" \u200b\n\t", ""),
    ],
)
def test_case_A3_several_lines(typed: str, clean: str) -> None:
    assert text.several_lines(typed) == clean
    assert text.several_lines(clean) == clean


@pytest.mark.parametrize(
    "typed",
    [
        "rt.un@société.fr",
        "rt.un@socie\u0301te\u0301.fr",
        "rt.un@xn--socit-esab.fr",
        "RT.Un@XN--SOCIT-ESAB.FR",
        " Rt.Un@SOCIÉTÉ.fr. ",
        "\u200brt.un@société.fr",
        "rt.un\u200d@société.fr",
        "rt.un@société\u3002fr",
    ],
)
def test_case_A1_A2_an_address_has_one_form(typed: str) -> None:
    assert text.address(typed) == "rt.un@société.fr"


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("Zoe@Example.ORG", "zoe@example.org"),
        ("no address", "no address"),
        ("@", "@"),
        ("a@", "a@"),
        ("@example.org", "@example.org"),
        ("a@..", "a@.."),
        (f"a@{'x' * 70}.fr", f"a@{'x' * 70}.fr"),
        ("a@xn--0.fr", "a@xn--0.fr"),
        ("a@xn--strae-oqa.de", "a@xn--strae-oqa.de"),
        ("", ""),
    ],
)
def test_what_is_no_address_or_has_one_form_only(typed: str, clean: str) -> None:
    assert text.address(typed) == clean
    assert text.address(clean) == clean


@pytest.mark.parametrize(
    "typed",
    [
        "a" + " " * 200_000 + "a",
        "a" + " \u200c" * 100_000,
        "\u200d\u00a0" * 100_000 + "a",
        "a" + "\u0315\u0300" * 100_000,
        "a" + "\u0f73\u0f75\u0300" * 60_000,
        "a." * 100_000 + "@" + "a." * 100_000,
        " \n" * 100_000 + "a",
    ],
    ids=["blanks", "joiners", "joiners in front", "marks", "Tibetan marks", "dots", "lines"],
)
@pytest.mark.parametrize("clean", [text.one_line, text.several_lines, text.address])
def test_case_G9_nothing_typed_keeps_the_server_busy(clean, typed: str) -> None:
    """Each of these took minutes: the time grew with the square of the length."""
    began = time.process_time()
    clean(typed)
    assert time.process_time() - began < 2


def test_thirty_marks_on_one_letter_are_enough() -> None:
    assert text.one_line("e" + "\u0301" * 200 + "a") == "é" + "\u0301" * 29 + "a"
