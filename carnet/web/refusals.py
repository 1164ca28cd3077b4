"""Words for what an action refused, in the reader's language.

Each app words its own refusals: `REFUSALS` in its `shown`, or in `shown/refusals.py` where that is a folder. They are
found by the app that a code begins with, so that no app is known here. A test compares them with all `Refused` classes.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, cast

from django import forms
from django.apps import apps
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext

from carnet.kernel import keys
from carnet.kernel.refused import KeyReused, Refused


@cache
def sentences(app: str) -> Mapping[str, Promise]:
    """An app's sentences for its refusals, by code; an unknown app has none."""
    if not apps.is_installed(f"carnet.{app}"):
        return {}
    shown = import_module(f"carnet.{app}.shown")
    if hasattr(shown, "__path__"):
        shown = import_module(f"carnet.{app}.shown.refusals")
    return cast(Mapping[str, Promise], shown.REFUSALS)


def sentence(refused: Refused) -> str:
    """What to tell the person. An unknown code gets a general sentence, so that nobody sees a code."""
    words = sentences(refused.code.partition(".")[0]).get(refused.code)
    if words is None:
        return gettext("This could not be done, and nothing was changed.")
    return str(words) % {name: _plain(value) for name, value in refused.values.items()}


def tell(form: forms.BaseForm, refused: Refused) -> None:
    """Put the sentence into the form: next to the field that the refusal names, if the form has it, else at the top."""
    form.add_error(refused.field if refused.field in form.fields else None, sentence(refused))
    if isinstance(refused, KeyReused):
        # Under its old key it would be refused for ever.
        typed = cast(QueryDict, form.data).copy()
        typed[form.add_prefix("key")] = keys.new_key()
        form.data = typed


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Promise) else value
