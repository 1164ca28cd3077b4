"""How a ticket was closed and what it cost, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from carnet.tickets.models import Closure
from carnet.web import formats


def how_in_words(closure: Closure) -> str:
    """How it was closed, as a line of its page says it."""
    words = {
        Closure.How.SOLVED: _("Closed: solved"),
        Closure.How.SILENCE: _("Closed: no reply"),
        Closure.How.NO_COVER: _("Closed: not covered"),
        Closure.How.CANCELLED: _("Closed: cancelled"),
        Closure.How.DUPLICATE: _("Closed: duplicate"),
        Closure.How.OUT_OF_SCOPE: _("Closed: out of scope"),
        Closure.How.SPAM: _("Closed: spam"),
        Closure.How.MERGED: _("Continued in another ticket"),
        Closure.How.UNSOLVABLE: _("Closed: could not be solved"),
    }
    return words[Closure.How(closure.how)]


def how_as_a_sentence(closure: Closure) -> str:
    """How it was closed, as its e-mail tells the customer."""
    words = {
        Closure.How.SOLVED: _("You told us your question is solved. We’re glad!"),
        Closure.How.SILENCE: _("We have not heard from you for a while, so your ticket has been closed."),
        Closure.How.NO_COVER: _("Your question was not covered for a long time, so your ticket has been closed."),
        Closure.How.CANCELLED: _("Your ticket has been cancelled at your request."),
        Closure.How.DUPLICATE: _("Your question was asked twice, so we closed the second ticket."),
        Closure.How.OUT_OF_SCOPE: _("Your question is outside what we can help with, so we have closed your ticket."),
    }
    sorry = _("We are sorry: we could not solve your problem. Your ticket has been closed.")
    return words.get(Closure.How(closure.how), sorry)


def cost(tokens: int, minutes: int, free_minutes: int, language: str) -> str:
    """What a ticket costs: «1 ticket + 12 minutes», «8 minutes free», «nothing»."""
    parts = [formats.units(count, unit, language) for count, unit in ((tokens, "token"), (minutes, "minute")) if count]
    if free_minutes:
        parts.append(_("%(minutes)s free") % {"minutes": formats.units(free_minutes, "minute", language)})
    return " + ".join(parts) or pgettext("cost", "nothing")


def cost_as_a_sentence(closure: Closure, language: str) -> str:
    """What a closed ticket used, as its e-mail tells the customer (T2, H1)."""
    tokens = formats.units(closure.price_tokens, "token", language)
    minutes = formats.units(closure.price_minutes, "minute", language)
    if closure.price_tokens and closure.price_minutes:
        words = _("It used %(tokens)s and %(minutes)s for %(worked)s of work.")
    elif closure.price_tokens:
        words = _("It used %(tokens)s for %(worked)s of work.")
    elif closure.price_minutes:
        words = _("It used %(minutes)s from your hour pack for %(worked)s of work.")
    elif closure.free_minutes:
        minutes = formats.units(closure.free_minutes, "minute", language)
        words = _("It used %(minutes)s, free of charge.")
    else:
        return _("It cost nothing.")
    return words % {
        "tokens": tokens, "minutes": minutes, "worked": formats.duration(closure.worked_seconds, language),
    }  # fmt: skip
