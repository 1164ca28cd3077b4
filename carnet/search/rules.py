"""Words as a search compares them: folded, without elisions, stemmed; the same on every database."""

import re
from functools import lru_cache

import snowballstemmer

from carnet.kernel.text import fold

STEMMERS = {"fr": "french", "en": "english", "es": "spanish"}
ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\w)")
WORD = re.compile(r"[^\W_]+")
LONGEST_WORD = 60

# Words that say nothing about what is meant; folded.
_EMPTY_WORDS = {
    "fr": """
        a ai alors as au aux avec avez ca car ce ces cet cette comme comment dans de des donc du
        elle elles en est et etes etre eu fait faire faut il ils je la le les leur lui ma mais me mes
        moi mon ne nos notre nous on ou par pas plus pour pourquoi quand que quel quelle quels quelles
        qui quoi sa sans se ses si soit son sont sur ta te tes toi ton tu un une va vos votre vous y
    """,
    "en": """
        a about am an and any are as at be been but by can could did do does for from get had has have
        how i if in is it its me my no not of on or our she should so some that the their them then
        there they this to us was we were what when where which who why will with would you your
    """,
    "es": """
        a al algo como con cual cuales cuando cuanto de del desde donde el ella ellas ellos en era es
        esa ese eso esta este esto fue ha hace hacer hago hay he la las le les lo los me mi mis muy no
        nos nuestra nuestro o para pero por porque puede puedo que quien se ser si sin sobre son su sus
        te tengo tiene tu tus un una uno unas unos y ya yo
    """,
}
EMPTY = {language: frozenset(listed.split()) for language, listed in _EMPTY_WORDS.items()}


def words(text: str) -> list[str]:
    """The folded words of a text in their order, French elisions taken off: «l’écran d'Éva» is ecran, eva."""
    return [word[:LONGEST_WORD] for word in WORD.findall(ELISION.sub(" ", fold(text)))]


def stems(text: str, language: str) -> list[str]:
    """The words that say something, each cut down to its stem: «mes imprimantes» is imprim. Folded first, so that
    a search typed without accents finds the same."""
    return [_stem(word, language) for word in words(text) if word not in EMPTY.get(language, frozenset())]


@lru_cache(maxsize=20_000)
def _stem(word: str, language: str) -> str:
    if language not in STEMMERS:
        return word
    # A stemmer keeps what it works on, so threads can't share one.
    return str(snowballstemmer.stemmer(STEMMERS[language]).stemWord(word))
