"""Fields and their look, for the forms of all apps. `{{ form }}` brings a summary of errors and every field.

What somebody types goes through a field of this file or of `carnet.web.time_fields`, and is clean then: NFC, nothing
unseen in it, one line where one is asked for. A test refuses a form with one of Django's own.
"""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.renderers import TemplatesSetting
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from stdnum import iban as ibans

from carnet.kernel import keys, text

Words = str | Promise
MEGABYTE = 1_000_000


class Renderer(TemplatesSetting):
    """Forms and fields in our own templates."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


class KeyField(forms.CharField):
    """The key that makes a form's work happen once (L12): the same from its first display to its last submit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.HiddenInput, initial=keys.new_key, required=True, label="", **kwargs)

    def clean(self, value: Any) -> str:
        if not re.fullmatch(r"[0-9a-f]{32}", value or ""):
            raise forms.ValidationError(
                _("This form was incomplete. Reload the page; your text is still here."), code="key"
            )
        return str(value)


class OneLineField(forms.CharField):
    """A text of one line: what a program sends on several lines is laid on one."""

    def __init__(self, *, autocomplete: str = "off", widget: forms.Widget | None = None, **kwargs: Any) -> None:
        widget = widget or forms.TextInput(attrs={"dir": "auto", "autocomplete": autocomplete})
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        return text.one_line(str(value)) if value not in self.empty_values else ""


class IbanField(OneLineField):
    """The number of a bank account, without blanks and dashes; its check digits must match."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=42, **kwargs)
        self.widget.attrs |= {"spellcheck": "false", "autocapitalize": "characters"}

    def clean(self, value: Any) -> str:
        number = ibans.compact("".join(super().clean(value).split()))
        if number and not ibans.is_valid(number):
            raise forms.ValidationError(
                _("This IBAN contains a mistake: its check digits don’t match. Copy it again."), code="iban"
            )
        return number


class TextField(forms.CharField):
    """Text of several lines, kept as typed but for line ends, what nobody sees, and blank lines at both ends."""

    def __init__(self, *, max_length: int = 20_000, rows: int = 6, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        super().__init__(max_length=max_length, widget=widget, strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return text.several_lines(str(value)) if value not in self.empty_values else ""


class AddressField(forms.EmailField):
    """An e-mail address in its one form (`kernel.text.address`): the same however it is written is the same person."""

    def __init__(self, *, autocomplete: str = "email", **kwargs: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"})
        super().__init__(**{"max_length": 254, "widget": widget, **kwargs})

    def to_python(self, value: Any) -> str:
        return text.address(str(value)) if value not in self.empty_values else ""


class SecretField(forms.CharField):
    """A password: every character of it counts, so none is touched."""

    def __init__(self, *, autocomplete: str = "new-password", **kwargs: Any) -> None:
        super().__init__(strip=False, widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}), **kwargs)


class WholeNumberField(forms.IntegerField):
    """A whole number; a mark that came along when it was pasted does not matter."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python(text.one_line(value) if isinstance(value, str) else value)


class DecimalField(forms.DecimalField):
    """A number with decimals, likewise."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(text.one_line(value) if isinstance(value, str) else value)


class WebAddressField(forms.URLField):
    """The address of a page, likewise."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(text.one_line(value) if isinstance(value, str) else value)


class Cards(forms.RadioSelect):
    """Radio buttons as cards, each with a name and a sentence from `hints`."""

    template_name = "components/widgets/cards.html"
    option_template_name = "components/widgets/card.html"

    def __init__(self, hints: Mapping[str, Words] | None = None, across: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hints = dict(hints or {})
        self.across = across

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["across"] = self.across
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().create_option(name, value, *args, **kwargs), "hint": self.hints.get(str(value), "")}


def name_for_browsers(form: forms.BaseForm, tokens: Mapping[str, str]) -> None:
    """Say what the fields of a form about a person hold, so that browsers fill them in (WCAG 1.3.5). `off` is for
    fields about somebody else. Fields that the form does not have are left out.
    """
    for name, token in tokens.items():
        if name in form.fields:
            form.fields[name].widget.attrs["autocomplete"] = token


CRITICALITY = {"blocked": _("I’m blocked"), "hindered": _("I’m slowed down"), "question": _("It’s just a question")}
CRITICALITY_HINTS = {
    "blocked": _("Something I need doesn’t work at all."),
    "hindered": _("I can carry on, but something is slowing me down."),
    "question": _("Nothing is broken; I’d just like to know something."),
}


class CriticalityField(forms.ChoiceField):
    """How badly it hurts, in plain words (M7). Clean values are blocked, hindered, question."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("How urgent is it?"))
        super().__init__(choices=list(CRITICALITY.items()), widget=Cards(CRITICALITY_HINTS, across=True), **kwargs)


class Stars(forms.RadioSelect):
    """Five stars; without a script and by keyboard too."""

    template_name = "components/widgets/rating.html"


SCORES = [
    (1, _("1: it did not help")),
    (2, _("2: it helped a little")),
    (3, _("3: all right")),
    (4, _("4: good")),
    (5, _("5: very good")),
]


class RatingField(forms.TypedChoiceField):
    """A rating of 1 to 5 (M4); the clean value is a number."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("From 1 to 5 stars"))
        super().__init__(choices=SCORES, coerce=int, widget=Stars, **kwargs)


class FilesInput(forms.ClearableFileInput):
    """A picker of several files, with drop and paste where a script runs."""

    allow_multiple_selected = True
    template_name = "components/widgets/files.html"

    def __init__(self, *, max_files: int, max_bytes: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_files, self.max_bytes = max_files, max_bytes

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "max_files": self.max_files,
            "max_bytes": self.max_bytes,
            "max_megabytes": self.max_bytes // MEGABYTE,
        }
        return context


class FilesField(forms.FileField):
    """Up to `max_files` files; the clean value is a list. Their type is judged by carnet.files, by content."""

    def __init__(self, *, max_files: int = 10, max_bytes: int = 25 * MEGABYTE, **kwargs: Any) -> None:
        self.max_files, self.max_bytes = max_files, max_bytes
        kwargs.setdefault("label", _("Files and screenshots"))
        kwargs.setdefault("required", False)
        super().__init__(widget=FilesInput(max_files=max_files, max_bytes=max_bytes), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = [file for file in (data or []) if file] if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(given) > self.max_files:
            raise forms.ValidationError(
                ngettext_lazy("At most %(max)d file at a time.", "At most %(max)d files at a time.", "max")
                % {"max": self.max_files},
                code="too_many",
            )
        errors = [self._wrong(file) for file in given]
        if any(errors):
            raise forms.ValidationError([error for error in errors if error])
        return [forms.FileField.clean(self, file, initial) for file in given]

    def _wrong(self, file: UploadedFile) -> forms.ValidationError | None:
        if not file.size:
            return forms.ValidationError(_("“%(name)s” is empty."), code="empty", params={"name": file.name})
        if file.size > self.max_bytes:
            return forms.ValidationError(
                _("“%(name)s” is larger than %(max)d MB."),
                code="too_large",
                params={"name": file.name, "max": self.max_bytes // MEGABYTE},
            )
        return None
