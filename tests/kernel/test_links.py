"""Where an address begins and ends in what people type (case C2)."""

import time

import pytest

from carnet.kernel import links

SITE = "https://example.org/a"
CASES = [
    # Brackets: those of the address stay, those around it don't.
    ("https://fr.wikipedia.org/wiki/Ticket_(homonymie)", ["https://fr.wikipedia.org/wiki/Ticket_(homonymie)"]),
    ("(voir https://fr.wikipedia.org/wiki/Ticket_(homonymie))", ["https://fr.wikipedia.org/wiki/Ticket_(homonymie)"]),
    (f"({SITE}) [{SITE}] {{{SITE}}} <{SITE}>", [SITE] * 4),
    (f"{SITE}?x[]=1", [f"{SITE}?x[]=1"]),
    (f"{SITE}] {SITE})", [SITE, SITE]),
    # Punctuation behind it.
    (f"{SITE}… suite", [SITE]),
    ("https://fr.wikipedia.org/wiki/Ticket_(homonymie)…", ["https://fr.wikipedia.org/wiki/Ticket_(homonymie)"]),
    (f"{SITE}... {SITE}. {SITE}, {SITE}; {SITE}: {SITE}! {SITE}?", [SITE] * 7),
    (f"{SITE}\u202f? {SITE}\u00a0! {SITE}?!", [SITE] * 3),
    (f"*{SITE}* {SITE}_ {SITE}| {SITE}~", [SITE] * 4),
    (f"{SITE},b;c:d.e!f", [f"{SITE},b;c:d.e!f"]),
    (f"{SITE}?b=1&c=2#d.", [f"{SITE}?b=1&c=2#d"]),
    # Quotes of every kind.
    (f"«{SITE}» «\u202f{SITE}\u202f» ‹{SITE}› “{SITE}” ‘{SITE}’ „{SITE}“ '{SITE}' \"{SITE}\"", [SITE] * 8),
    (f"l’adresse {SITE}’", [SITE]),
    # Other letters, and hosts of one's own network.
    ("https://société.fr/été?x=œ", ["https://société.fr/été?x=œ"]),
    ("https://xn--socit-esab.fr/x", ["https://xn--socit-esab.fr/x"]),
    ("https://例え.jp/道", ["https://例え.jp/道"]),
    ("http://192.168.1.1/admin http://intranet/x http://localhost:8000", [
        "http://192.168.1.1/admin", "http://intranet/x", "http://localhost:8000"]),
    ("HTTPS://EXAMPLE.ORG/A", ["HTTPS://EXAMPLE.ORG/A"]),
    # Without a scheme only what says www; a mail address.
    ("www.example.org/x, ok", ["http://www.example.org/x"]),
    ("claire.morel+x@example.org.", ["mailto:claire.morel+x@example.org"]),
    ("mailto:claire@example.org", ["mailto:claire@example.org"]),
    ("<claire@société.fr>", ["mailto:claire@société.fr"]),
    ("example.org readme.md setup.py 1.2.3.4 v2.0.com", []),
    # What leads nowhere, or somewhere it may not.
    ("javascript:alert(1) JaVaScRiPt://example.org/%0aalert(1) data:text/html,x vbscript:x", []),
    ("ftp://example.org/x file:///etc/passwd //example.org \\\\server\\share tel:+33 intent://x", []),
    ("http:// https://… www. www.… @ a@ mailto:", []),
    # What can't be seen or turns the writing round ends it.
    ("https://example.org/a\u202egpj.exe", [SITE]),
    ("https://example.org/a\u200bb", [SITE]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "targets"), CASES)
def test_case_C2_an_address_begins_and_ends_where_a_reader_says(text, targets):
    assert [link.target for link in links.found(text)] == targets


@pytest.mark.parametrize(("text", "_targets"), CASES)
def test_what_is_shown_is_the_address_itself(text, _targets):
    for link in links.found(text):
        shown = text[link.start : link.end]
        assert link.target in (shown, f"http://{shown}", f"mailto:{shown}")


@pytest.mark.parametrize(
    "text",
    ["http://" + "." * 50_000, "(" * 50_000, "www." * 12_000, "a@" * 25_000, f"{SITE}{'(' * 50_000}", "a." * 25_000],
)
def test_a_long_text_is_no_burden(text):
    start = time.process_time()
    links.found(text)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "part", ["http://a/((", "http://a/.", "http://a/'", 'http://a/"', "www.a.com/(", "a.com:", "1."]
)
def test_case_G9_addresses_made_to_be_slow(part):
    """A page that shows such a message took a minute, each time."""
    start = time.process_time()
    links.found(part * (50_000 // len(part)))
    assert time.process_time() - start < 1
    word = (part * 200)[:2000]
    start = time.process_time()
    links.found(f"{word} " * 25)
    assert time.process_time() - start < 3


def test_what_is_no_address_for_people_stays_text():
    assert links.found(f"{SITE}/{'a' * 2000}") == []
    assert len(links.found(f"{SITE} " * 400)) == 300


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Go to https://a.example.org/x?b=c.", "Go to https[:]//a[.]example[.]org/x?b=c."),
        ("www.example.org mailto:a@b.fr \\\\host", "www[.]example[.]org mailto[:]a@b[.]fr \\\\host"),
        ("例え。jp and a．com", "例え[。]jp and a[．]com"),
        ("On 3.4.2027 at 10.30, 1.000,50 €. Thank you.Bye", "On 3.4.2027 at 10.30, 1.000,50 €. Thank you[.]Bye"),
    ],
)
def test_case_G1_no_mail_program_makes_a_link_of_it(typed, written):
    assert links.disarmed(typed) == written
    assert links.found(written) == []
