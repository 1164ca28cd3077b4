"""The mark of a form that anyone may send: signed when the page was shown, it ends and counts, so that no program can
fetch one page and send it for ever.
"""

from typing import Any, cast

from django import forms
from django.core.signing import BadSignature, Signer
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from carnet.kernel import clock, keys
from carnet.web.forms import OneLineField

_SHOWN = Signer(salt="tickets.public_form")
TYPED_BY_HAND_SECONDS = 3
LASTS_SECONDS = 12 * 3600


def shown_mark(now_seconds: int) -> str:
    """What a form carries to say when it was shown; no two are the same."""
    return _SHOWN.sign(f"{now_seconds}.{keys.new_key()}")


def shown_at(mark: str) -> int | None:
    """The seconds of a mark that we signed; None of any other."""
    try:
        return int(_SHOWN.unsign(mark).partition(".")[0])
    except (BadSignature, ValueError):
        return None


class MarkedForm(forms.Form):
    """A form with a mark. One that is too old or was used too often gets a new one, and is sent once more by hand."""

    shown = OneLineField(widget=forms.HiddenInput(), required=False)
    needs_mark = True

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        shown = shown_at(typed.get("shown", ""))
        is_missing = shown is None and self.needs_mark
        if is_missing or (shown is not None and clock.now().timestamp() - shown > LASTS_SECONDS):
            self.add_error(None, _("This page was open for too long. Send it once more: what you typed is kept."))
            self.renew_mark()
        return typed

    def renew_mark(self) -> None:
        """What was typed took longer than a program needs, so the new mark says so."""
        typed = cast(QueryDict, self.data).copy()
        typed["shown"] = shown_mark(int(clock.now().timestamp()) - TYPED_BY_HAND_SECONDS)
        self.data = typed
