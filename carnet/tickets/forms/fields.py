from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from carnet.files import actions as files
from carnet.files import rules as file_rules
from carnet.kernel.refused import Refused
from carnet.web import refusals
from carnet.web.forms import CriticalityField, FilesInput, KeyField, OneLineField, TextField

LONGEST_TEXT = 50_000


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


class QuestionForm(FormWithFiles):
    """A question, of whoever asks it."""

    key = KeyField()
    subject = OneLineField(
        label=_("Subject"),
        help_text=_("One subject per ticket. For a second subject, open another ticket."),
        max_length=200,
    )
    text = LongTextField(
        label=_("Your question"),
        rows=8,
        help_text=_("What is happening, since when, and on which device? Up to 50,000 characters."),
    )
    criticality = CriticalityField()
    files = AttachmentsField()  # type: ignore[assignment]
