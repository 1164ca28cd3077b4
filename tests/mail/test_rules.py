import pytest

from carnet.mail import rules


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Your question 12", "Your question 12"),
        ("  two\nlines\r\n and more \n", "two lines and more"),
        ("a\u2028b\u2029c\x0bd\x85e\x00f\tg", "a b c d e f g"),
        ("Été 😀 שלום", "Été 😀 שלום"),
        ("x" * 300, "x" * 300),
        ("x" * 301, "x" * 299 + "…"),
        ("x" * 298 + " yz", "x" * 298 + "…"),
        ("", ""),
    ],
)
def test_a_subject_is_one_line(text, line):
    assert rules.subject_line(text) == line
    assert rules.is_one_line(line)


@pytest.mark.parametrize("text", ["a\nb", "a\r", "a\0", "\x1b", "a\u2028b", "\x85"])
def test_a_header_with_a_break_is_none(text):
    assert not rules.is_one_line(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\n\n a \nb  \n\n\n\nc\n\n", " a\nb\n\nc\n"),
        ("a\n-- \nb", "a\n-- \nb\n"),
        ("a\0b", "ab\n"),
        ("", "\n"),
    ],
)
def test_a_text_has_no_empty_ends_and_no_holes(text, plain):
    assert rules.plain_text(text) == plain


def test_the_id_of_a_thread_is_that_of_its_name():
    assert rules.thread_id("ticket:12", "example.org") == "<aca7a00f9c8a82f98668b4f715aa4525@example.org>"
    assert rules.thread_id("ticket:13", "example.org") != rules.thread_id("ticket:12", "example.org")
