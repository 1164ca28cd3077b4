from django.utils.translation import gettext

from carnet.tickets.models import Closure
from carnet.web import formats


def cost_in_words(closure: Closure, language: str) -> str:
    """What a closed ticket used, as a sentence of an e-mail: tokens, minutes, free minutes, or nothing (T2, H1)."""
    tokens = formats.units(closure.price_tokens, "token", language)
    minutes = formats.units(closure.price_minutes, "minute", language)
    worked = formats.duration(closure.worked_seconds, language)
    if closure.price_tokens and closure.price_minutes:
        words = gettext("It used %(tokens)s and %(minutes)s for %(worked)s of work.")
    elif closure.price_tokens:
        words = gettext("It used %(tokens)s for %(worked)s of work.")
    elif closure.price_minutes:
        words = gettext("It used %(minutes)s from your hour pack for %(worked)s of work.")
    elif closure.free_minutes:
        minutes = formats.units(closure.free_minutes, "minute", language)
        words = gettext("It used %(minutes)s, free of charge.")
    else:
        words = gettext("It cost nothing.")
    return words % {"tokens": tokens, "minutes": minutes, "worked": worked}
