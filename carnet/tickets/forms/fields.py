import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from carnet.files import actions as files
from carnet.files import rules as file_rules
from carnet.kernel.refused import Refused
from carnet.web import refusals
from carnet.web.forms import FilesInput, TextField

LONGEST_TEXT = 50_000
LENGTH = re.compile(r"\d{1,3}|\d{1,4}:[0-5]\d|\d{1,2}:[0-5]\d:[0-5]\d")


class OneLineField(forms.CharField):
    """A text of one line: what a program sends on several lines is laid on one."""

    def __init__(self, *, autocomplete: str = "off", **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": autocomplete}), **kwargs)

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value) or "").split())


class LongTextField(TextField):
    """A text of at most 50,000 characters. The browser does not cut a longer one off: it comes back whole, with a
    sentence.
    """

    def __init__(self, *, limit_told: bool = True, **kwargs: Any) -> None:
        if limit_told:
            kwargs.setdefault("help_text", _("Up to 50,000 characters."))
        super().__init__(max_length=LONGEST_TEXT, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


def subject_field() -> OneLineField:
    return OneLineField(
        label=_("Subject"),
        help_text=_("One subject per ticket. For a second subject, open another ticket."),
        max_length=200,
    )


class AttachmentsField(forms.FileField):
    """The files of one message; the clean value is a list. Each bad one is named, by what `carnet.files` says of it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Files and screenshots"),
            required=False,
            widget=FilesInput(
                max_files=file_rules.MOST_FILES, max_bytes=file_rules.LARGEST_MEGABYTES * file_rules.MEGABYTE
            ),
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        uploads = list(data) if isinstance(data, list | tuple) else [data] if data is not None else []
        problems = []
        # All of them at once tells that they are too many; one by one tells of each that is bad.
        for some in [uploads] if len(uploads) > file_rules.MOST_FILES else [[upload] for upload in uploads]:
            try:
                files.examine_files(some)
            except Refused as refused:
                problems.append(forms.ValidationError(refusals.sentence(refused), code=refused.code))
        if problems:
            raise forms.ValidationError(problems)
        return uploads


class FormWithFiles(forms.Form):
    """Says what a browser does not keep: chosen files must be chosen again once something else was wrong."""

    def full_clean(self) -> None:
        super().full_clean()
        if self.errors and self.files and "files" in self.fields and "files" not in self.errors:
            self.add_error(
                "files",
                _("Please choose the files again: your browser does not keep them. Everything else is still here."),
            )


class LengthField(forms.CharField):
    """A length of time as «31:00» (minutes:seconds), «1:05:00» or «31» minutes; the clean value is in seconds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=12, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}), **kwargs
        )

    def clean(self, value: Any) -> Any:
        typed = str(super().clean(value) or "").strip()
        if not LENGTH.fullmatch(typed):
            raise forms.ValidationError(_("Enter minutes and seconds, such as 31:00, or whole minutes."))
        parts = [int(part) for part in typed.split(":")]
        return parts[0] * 60 if len(parts) == 1 else sum(part * 60**place for place, part in enumerate(parts[::-1]))
