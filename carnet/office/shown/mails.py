"""What became of a mail, in a word."""

from typing import NamedTuple

from django.utils.translation import pgettext

from carnet.mail.models import OutgoingMail


class Tag(NamedTuple):
    """A coloured word: what it says, and its colour's name in the style sheet."""

    label: str
    tone: str


def tag_of(mail: OutgoingMail) -> Tag:
    """What became of a mail."""
    if mail.state == OutgoingMail.State.SENT:
        return Tag(pgettext("mail", "sent"), "good")
    if mail.state == OutgoingMail.State.FAILED:
        return Tag(pgettext("mail", "failed"), "bad")
    if mail.state == OutgoingMail.State.KEPT:
        return Tag(pgettext("mail", "kept"), "neutral")
    return Tag(pgettext("mail", "waiting"), "neutral")
