"""The forms of a page as a browser without scripts finds them, and what it would send."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.test import Client

TYPED = {"text", "email", "tel", "url", "search", "number", "date", "password", "textarea"}


@dataclass
class Field:
    name: str
    kind: str  # the type of an input; or textarea, select
    value: str = ""
    is_chosen: bool = True  # of a radio button, a checkbox or an option
    options: list[tuple[str, bool]] = field(default_factory=list)


@dataclass
class Form:
    """One <form method="post">: where it goes, its fields, and the buttons by which it can be sent."""

    page: str
    action: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    is_judged_by_browser: bool = True

    def filled(self, **typed: Any) -> dict[str, Any]:
        """What is sent when somebody types this and leaves the rest as it was."""
        sent: dict[str, Any] = {}
        for one in self.fields:
            if one.kind == "select":
                chosen = [value for value, is_chosen in one.options if is_chosen] or [one.options[0][0]]
                sent[one.name] = chosen[0]
            elif one.kind in ("radio", "checkbox"):
                if one.is_chosen:
                    sent[one.name] = one.value
            elif one.kind != "file":
                sent[one.name] = one.value
        return {**sent, **typed}

    @property
    def pressed(self) -> dict[str, str]:
        """What the first button sends along."""
        return dict(self.buttons[:1])

    @property
    def typed_names(self) -> list[str]:
        """The fields that somebody types into."""
        return [one.name for one in self.fields if one.kind in TYPED]


def forms_of(browser: Client, page: str) -> list[Form]:
    """The POST forms of the page, which must open."""
    response = browser.get(page)
    assert response.status_code == 200, f"{page}: {response.status_code}"
    return list(forms_in(response.content.decode(), page))


def form_to(browser: Client, page: str, action: str, *, with_field: str = "") -> Form:
    """The first form of the page that leads to this address, and has this field."""
    for one in forms_of(browser, page):
        if one.action == action and (not with_field or with_field in {found.name for found in one.fields}):
            return one
    raise AssertionError(f"{page} has no form to {action}")


def forms_in(html: str, page: str) -> Iterator[Form]:
    reader = _Reader(page)
    reader.feed(html)
    yield from reader.found


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found = page, []  # type: tuple[str, list[Form]]
        self.form: Form | None = None
        self.text: Field | None = None
        self.select: Field | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = {name: value if value is not None else name for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.form = Form(self.page, urljoin(self.page, given.get("action") or self.page))
            self.form.is_judged_by_browser = "novalidate" not in given
            self.found.append(self.form)
        if self.form is None:
            return
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("radio", "checkbox"):
                self.form.fields.append(Field(name, kind, value or "on", "checked" in given))
            elif name != "csrfmiddlewaretoken":
                self.form.fields.append(Field(name, kind, value))
        elif tag == "textarea" and name:
            self.text = Field(name, "textarea")
            self.form.fields.append(self.text)
        elif tag == "select":
            self.select = Field(name, "select")
            self.form.fields.append(self.select)
        elif tag == "option" and self.select is not None:
            self.select.options.append((value, "selected" in given))
        elif tag == "button" and name and given.get("type", "submit") == "submit":
            self.form.buttons.append((name, value))

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.text is not None:
            self.text.value = self.text.value.removeprefix("\n")  # the first line end is the page's
            self.text = None
        elif tag == "select":
            self.select = None
