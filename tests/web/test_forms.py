import re
from collections.abc import Sequence

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from carnet.kernel import keys
from carnet.web import forms as fields


class Question(forms.Form):
    key = fields.KeyField()
    subject = forms.CharField(label="Subject", help_text="One subject.", max_length=20)
    text = fields.TextField(label="Text", max_length=50)
    criticality = fields.CriticalityField()
    score = fields.RatingField(required=False)
    attachments = fields.FilesField(max_files=2, max_bytes=10)
    agree = forms.BooleanField(label="I agree", required=False)


GOOD = {"key": "0" * 32, "subject": "Printer", "text": "It is\r\noffline", "criticality": "blocked", "score": "4"}


def file(name: str = "a.png", content: bytes = b"12345") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def form(files: Sequence[UploadedFile] | None = None, **changed: str) -> Question:
    return Question({**GOOD, **changed}, MultiValueDict({"attachments": list(files or [])}))


def test_clean_values() -> None:
    sent = form([file()], key=keys.new_key())
    assert sent.is_valid(), sent.errors
    assert sent.cleaned_data["text"] == "It is\noffline"
    assert sent.cleaned_data["criticality"] == "blocked"
    assert sent.cleaned_data["score"] == 4
    assert [upload.name for upload in sent.cleaned_data["attachments"]] == ["a.png"]


def test_key_is_fresh_for_each_form_and_kept_after_errors() -> None:
    shown = [re.findall(r'name="key" value="(\w+)"', str(Question()))[0] for _ in range(2)]
    assert shown[0] != shown[1]
    assert f'name="key" value="{shown[0]}"' in str(form(key=shown[0], subject=""))


@pytest.mark.parametrize("key", ["", "x", "g" * 32, "0" * 33])
def test_key_that_is_none(key: str) -> None:
    assert list(form(key=key).errors) == ["key"]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([file(content=b"")], "empty"),
        ([file(content=b"12345678901")], "too_large"),
        ([file(), file(), file()], "too_many"),
    ],
)
def test_files_that_are_refused(files: list[SimpleUploadedFile], code: str) -> None:
    sent = form(files)
    assert sent.errors.as_data()["attachments"][0].code == code


def test_files_are_optional_unless_required() -> None:
    assert form().is_valid()
    with pytest.raises(forms.ValidationError):
        fields.FilesField(required=True).clean([])


def test_errors_stand_next_to_their_field_and_in_the_summary() -> None:
    with translation.override("en"):
        html = str(form(subject="", text="x" * 51, criticality="unbearable"))
    assert "3 things need correcting. What you typed is still here." in html
    assert '<a href="#id_subject">Subject</a>: This field is required.' in html
    assert 'id="id_subject_error"' in html
    subject = re.findall(r'<input[^>]*name="subject"[^>]*>', html)[0]
    assert 'aria-describedby="id_subject_helptext id_subject_error"' in subject
    assert 'aria-invalid="true"' in subject
    assert "x" * 51 in html  # kept, though it is too long


def test_optional_fields_are_marked() -> None:
    with translation.override("en"):
        html = str(Question())
    assert html.count("(optional)") == 2
    assert '<div class="check">' in html


def test_criticality_in_plain_words() -> None:
    with translation.override("en"):
        html = str(Question()["criticality"].as_field_group())
    assert html.count('type="radio"') == 3
    assert "I’m blocked" in html
    assert "Something I need doesn’t work at all." in html


def test_rating_is_five_radio_buttons() -> None:
    html = str(form()["score"])
    assert html.count('type="radio"') == 5
    assert re.findall(r'value="(\d)"[^>]*checked', html) == ["4"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("   PID   USER\r\n  1\troot  ", "   PID   USER\n  1\troot"),
        ("\n \t\n  first\n\n  second\n\n", "  first\n\n  second"),
        (" \n\t ", ""),
        ("a", "a"),
    ],
)
def test_case_C3_the_first_column_of_a_pasted_log_stays(typed, kept):
    assert fields.TextField(required=False).clean(typed) == kept


def test_blanks_alone_are_no_text():
    with pytest.raises(forms.ValidationError):
        fields.TextField().clean(" \n ")


@pytest.mark.parametrize("typed", ["FR76 3000 6000 0112 3456 7890 189", "fr76-3000-6000-0112-3456-7890-189"])
def test_an_account_number_is_kept_without_blanks_and_dashes(typed: str) -> None:
    assert fields.IbanField().clean(typed) == "FR7630006000011234567890189"
