from django.utils.translation import gettext as _

from carnet.tickets.models import WorkSession


def not_charged(kind: str) -> str:
    """Why worked time of this kind costs nothing, in a word or two; empty if it counts (T3, T4)."""
    words = {
        WorkSession.Kind.OFFERED: _("free of charge"),
        WorkSession.Kind.TRAINING: _("training, free"),
        WorkSession.Kind.READING: _("catching up, free"),
        WorkSession.Kind.REPAIR: _("fixing our mistake, free"),
        WorkSession.Kind.MISTAKEN: _("recorded by mistake"),
    }
    return words.get(WorkSession.Kind(kind), "")
