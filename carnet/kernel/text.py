"""What people type, made clean once for every form, import and interface; and folded, as searches compare it."""

import re
import unicodedata

# What nobody sees and nobody typed on purpose: marks of width zero, orders to the writing direction that reach beyond
# the text, tags, halves of characters. Joiners of emoji and of Persian words are none of these.
_UNSEEN = (
    "\u00ad\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f"
)
_CONTROL = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
_DIRECTION = "\u061c\u200e\u200f"
_TAKEN_OUT = re.compile(f"[{_UNSEEN}{_CONTROL}]+")
_TAKEN_OUT_OF_A_LINE = re.compile(f"[{_UNSEEN}{_CONTROL}{_DIRECTION}]+")
# Letters that are blank, such as the Hangul filler: a name of nothing else looks like none.
_BLANK_LETTERS = re.compile("[\u3164\uffa0\u2800]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BREAKS = "\t\n\x1c\x1d\x1e\x1f"
# One run of blanks and breaks at a time, so that it takes no longer for many of them (a pattern that looks for a break
# in a run begins anew at each blank).
_GAP = re.compile(f"[{_BREAKS} ]+")
# All blanks that Python knows, the last of which is U+3000, and joiners and marks that have nothing to join.
_ENDS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200c\u200d" + _DIRECTION

# NFC sorts the marks on one letter, in a time that grows with the square of their number. Thirty are more than any
# language writes (Unicode's «stream-safe» format); the three of Tibetan are marks only once they are taken apart.
_MARKS = "".join(filter(unicodedata.combining, map(chr, range(0x300, 0x1F000)))) + "\u0f73\u0f75\u0f81"
_MANY_MARKS = re.compile(f"([{_MARKS}]{{30}})[{_MARKS}]+")

_LONGEST_DOMAIN = 253

# What no decomposition takes apart; small letters, after accents are off.
WRITTEN_OUT = {"œ": "oe", "æ": "ae", "ß": "ss", "þ": "th"}
ONE_FOR_ONE = dict(zip("øłđðħŧıŋς’ʼ‘‐", "olddhtinσ'''-", strict=True))
_LETTERS = str.maketrans(WRITTEN_OUT | ONE_FOR_ONE)


def several_lines(text: str) -> str:
    """A text as typed, in NFC and with plain line ends; without control characters, unseen ones, blank lines at both
    ends, and blanks behind the last word. Those before the first stay: they belong to the first column of a pasted log.
    """
    plain = _composed(_TAKEN_OUT.sub("", _LINE_END.sub("\n", text)))
    trimmed = plain.strip(_ENDS)
    start = plain.find(trimmed)
    return plain[plain.rfind("\n", 0, start) + 1 : start] + trimmed if trimmed else ""


def one_line(text: str) -> str:
    """The same on one line: breaks and tabs are a blank, and no mark changes the direction of what stands around it."""
    plain = _composed(_TAKEN_OUT_OF_A_LINE.sub("", _LINE_END.sub("\n", text)))
    return _GAP.sub(_on_one_line, plain).strip(_ENDS)


def address(text: str) -> str:
    """The one form of an e-mail address, for storing, comparing and writing to: NFC, small letters, a domain with
    accents in its readable form (`xn--socit-esab.fr` is `société.fr`). What is no address comes back as it is, clean.
    """
    plain = one_line(text).replace("\u200c", "").replace("\u200d", "")
    name, at, domain = plain.rpartition("@")
    return f"{name.lower()}{at}{_domain(domain.lower())}" if name and domain else plain.lower()


def fold(text: str) -> str:
    """Small letters without accents, ligatures and barred letters written out: «Œuvre Été, Żółć» is «oeuvre ete,
    zolc». `carnet.kernel.folding` does the same inside a database.
    """
    if text.isascii():
        return text.lower()
    small = unicodedata.normalize("NFKD", text).lower().translate(_LETTERS)
    return "".join(character for character in small if not unicodedata.combining(character))


def _composed(text: str) -> str:
    return _BLANK_LETTERS.sub(" ", unicodedata.normalize("NFC", _MANY_MARKS.sub(r"\1", text)))


def _on_one_line(gap: re.Match[str]) -> str:
    return " " if gap[0].strip(" ") else gap[0]


def _domain(domain: str) -> str:
    if len(domain) > _LONGEST_DOMAIN:
        return domain
    try:
        ascii_form = domain.removesuffix(".").encode("idna")
    except UnicodeError:  # no domain at all, which the form field says
        return domain
    try:
        return ascii_form.decode("idna").lower()
    except UnicodeError:  # a newer name than Python's codec knows how to write
        return ascii_form.decode("ascii").lower()
