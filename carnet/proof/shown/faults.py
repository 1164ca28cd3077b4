"""Faults for people: in their language, with a way to the record. Numbers name it; nobody's name is ever in them."""

import re
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from carnet.proof.rules import Fault
from carnet.proof.shown.words import RECORDS, WORDS

NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class ShownFault:
    """A fault as a list shows it: a sentence, and the page of the record if it has one."""

    sentence: str
    url: str
    label: str


def sentence(fault: Fault) -> str:
    """Which record, what is wrong, and the values that the words don't name, in the active language."""
    words = str(WORDS[fault.subject][fault.code])
    record = _record(fault)
    values = {"id": fault.id, **fault.values}
    told = {"id", *NAMED.findall(words), *NAMED.findall(record)}
    rest = ", ".join(f"{name} {value}" for name, value in fault.values.items() if name not in told)
    return f"{record % values}: {words % values}" + (f" ({rest})" if rest else "")


def _record(fault: Fault) -> str:
    values = {"id": fault.id, **fault.values}
    for subject, needed, words in RECORDS:
        if subject == fault.subject and (not needed or values.get(needed) is not None):
            return str(words)
    return "%(id)s"


def shown(fault: Fault) -> ShownFault:
    """A fault with the page of its ticket or customer."""
    if fault.subject == "ticket":
        url, label = reverse("desk:tickets:ticket", args=[fault.id]), _("Ticket %(number)s") % {"number": fault.id}
    elif fault.subject == "customer":
        url, label = reverse("desk:home:customer", args=[fault.id]), _("Customer %(number)s") % {"number": fault.id}
    else:
        url = label = ""
    return ShownFault(sentence(fault), url, label)
