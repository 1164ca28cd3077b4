"""What became of a mail, in a word."""

from typing import NamedTuple

from django.utils.translation import pgettext

from carnet.mail.models import OutgoingMail


class ColouredWord(NamedTuple):
    """A coloured word: what it says, and its colour's name in the style sheet."""

    label: str
    tone: str


def tag_of(mail: OutgoingMail) -> ColouredWord:
    """What became of a mail."""
    if mail.state == OutgoingMail.State.SENT:
        return ColouredWord(pgettext("mail", "sent"), "good")
    if mail.state == OutgoingMail.State.FAILED:
        return ColouredWord(pgettext("mail", "failed"), "bad")
    if mail.state == OutgoingMail.State.KEPT:
        return ColouredWord(pgettext("mail", "kept"), "neutral")
    return ColouredWord(pgettext("mail", "waiting"), "neutral")
