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
_BREAK = re.compile(r"[\t\n\x1c-\x1f ]*[\t\n\x1c-\x1f][\t\n\x1c-\x1f ]*")
_ENDS = "\u200c\u200d" + _DIRECTION

# What no decomposition takes apart; small letters, after accents are off.
WRITTEN_OUT = {"œ": "oe", "æ": "ae", "ß": "ss", "þ": "th"}
ONE_FOR_ONE = dict(zip("øłđðħŧıŋς’ʼ‘‐", "olddhtinσ'''-", strict=True))
_LETTERS = str.maketrans(WRITTEN_OUT | ONE_FOR_ONE)


def several_lines(text: str) -> str:
    """A text as typed, in NFC and with plain line ends; without control characters, unseen ones, blank lines at both
    ends, and blanks behind the last word. Those before the first stay: they belong to the first column of a pasted log.
    """
    plain = _TAKEN_OUT.sub("", _LINE_END.sub("\n", text))
    plain = _BLANK_LETTERS.sub(" ", unicodedata.normalize("NFC", plain))
    trimmed = _trimmed(plain)
    start = plain.find(trimmed)
    return plain[plain.rfind("\n", 0, start) + 1 : start] + trimmed if trimmed else ""


def one_line(text: str) -> str:
    """The same on one line: breaks and tabs are a blank, and no mark changes the direction of what stands around it."""
    plain = _TAKEN_OUT_OF_A_LINE.sub("", _LINE_END.sub("\n", text))
    return _trimmed(_BREAK.sub(" ", _BLANK_LETTERS.sub(" ", unicodedata.normalize("NFC", plain))))


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


def _trimmed(text: str) -> str:
    """Without blanks and joiners at both ends, in whatever order they stand."""
    before = None
    while before != text:
        before, text = text, text.strip().strip(_ENDS)
    return text


def _domain(domain: str) -> str:
    try:
        ascii_form = domain.removesuffix(".").encode("idna")
    except UnicodeError:  # no domain at all, which the form field says
        return domain
    try:
        return ascii_form.decode("idna").lower()
    except UnicodeError:  # a newer name than Python's codec knows how to write
        return ascii_form.decode("ascii").lower()
