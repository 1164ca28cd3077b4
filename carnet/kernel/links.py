"""Web and mail addresses in a text that people typed; what they are by linkify-it, where they end by our own rules."""

import re
from dataclasses import dataclass

from linkify_it import LinkifyIt

# A name without «https://» or «www.» is as often a file (readme.md) as a site, and a number as often a version.
_FINDER = LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": True, "fuzzy_ip": False})
_SCHEMES = {"http:", "https:", "mailto:"}
# Quotes, and what turns the direction of writing or can't be seen: no address goes on after them.
_END = re.compile('[«»‹›“”„‟"<>\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff]')
_CLOSES = {")": "(", "]": "[", "}": "{"}
_AFTER = ".,:;!?…'’‘*_~|"
# The finder takes a time that grows with the square of a word's length, and somebody may send a text made for that: no
# address is longer, and nobody follows more of them.
_WORD = re.compile(r"\S+")
_LONGEST_WORD, _MOST_LINKS = 2000, 300
# The colon of a scheme, and a full stop of any script in front of what may be the end of a domain.
_SCHEME_COLON = re.compile(r":(?=[\\/]{2})|(?<=mailto):|(?<=tel):", re.IGNORECASE)
_NAME_DOT = re.compile(r"(?<=\w)[.．。｡](?=[^\W\d_]{2})")


@dataclass(frozen=True, slots=True)
class Link:
    """Where an address stands in the text, and where it leads: http, https or mailto."""

    start: int
    end: int
    target: str


def found(text: str) -> list[Link]:
    """The addresses of a text in their order. Brackets stay if they are balanced; the punctuation, quotes and brackets
    around an address are no part of it. Other schemes than http, https and mailto are text, and so are words of more
    than 2,000 letters and what comes after 300 addresses.
    """
    links: list[Link] = []
    for word in _WORD.finditer(text):
        # Most full stops and colons end a sentence, and looking into each word before them takes its time.
        if len(word[0]) <= _LONGEST_WORD and any(mark in word[0].rstrip(_AFTER) for mark in "@.:"):
            links += _in_word(word[0], word.start())
        if len(links) >= _MOST_LINKS:
            break
    return links[:_MOST_LINKS]


def disarmed(text: str) -> str:
    """The text with its addresses written so that no mail program makes links of them: `https[:]//example[.]org`."""
    return _NAME_DOT.sub(r"[\g<0>]", _SCHEME_COLON.sub("[:]", text))


def _in_word(word: str, start: int) -> list[Link]:
    links = []
    for match in _FINDER.match(word) or []:
        shown = _END.split(match.text)[0]
        typed_scheme = match.schema.lower()
        if typed_scheme not in _SCHEMES and not shown.lower().startswith("www."):
            continue
        shown = _without_what_follows(shown)
        before = match.url[: len(match.url) - len(match.text)]
        if _leads_somewhere(shown):
            first = start + match.index
            links.append(Link(first, first + len(shown), before + shown))
    return links


def _without_what_follows(address: str) -> str:
    """Without punctuation at its end, and without brackets there that were opened before the address."""
    while address:
        last = address[-1]
        is_alone = last in _CLOSES and address.count(last) > address.count(_CLOSES[last])
        if last not in _AFTER and not is_alone and last not in _CLOSES.values():
            break
        address = address[:-1]
    return address


def _leads_somewhere(address: str) -> bool:
    """Whether something stands behind the scheme; what was cut off may have been all of it."""
    return bool(re.sub(r"(?i)^(https?:/*|mailto:|www\.)", "", address))
