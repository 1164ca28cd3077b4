"""Tabs that narrow a list of the desk to one state."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext

from carnet.web.tabs import StateTab


def state_tabs(path: str, states: Mapping[str, Promise | str], state: str) -> list[StateTab]:
    """All of the list, then one tab for each of its states, by code with its words; `state` is shown now."""
    every = StateTab(path, gettext("All"), is_current=not state)
    narrowed = [
        StateTab(f"{path}?{urlencode({'state': one})}", capfirst(str(words)), one == state)
        for one, words in states.items()
    ]
    return [every, *narrowed]
