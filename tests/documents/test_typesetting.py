"""What documents can show: names in many scripts, words without end, and what is told of the rest."""

import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from carnet.documents import glyphs, typesetting

PLAIN = """#let data = json(bytes(sys.inputs.data))
#set document(title: "x", author: "x", date: datetime(year: 2027, month: 1, day: 1))
#set text(font: data.fonts, lang: "fr")
#set page(width: 12cm, height: auto, margin: 1cm)
#data.text

#table(columns: (1fr, auto), [*#data.text*], [x])
"""


@pytest.fixture(scope="session")
def plain(tmp_path_factory) -> Path:
    template: Path = tmp_path_factory.mktemp("documents") / "plain.typ"
    template.write_text(PLAIN)
    return template


def words(pdf: bytes, *more: str) -> str:
    tool = shutil.which("pdftotext") or "pdftotext"
    read = subprocess.run([tool, *more, "-", "-"], input=pdf, capture_output=True, check=True)
    return read.stdout.decode()


@pytest.mark.parametrize(
    "name",
    ["Nguyễn Thị Hương", "Nguye\u0302\u0303n Thi\u0323 Hu\u031bo\u031bng", "Иван Щукин", "Їжак Ґалаґан", "Αθηνά Ἀθηνᾶ",
     "王小明", "株式会社さくら", "김철수", "Łukasz Öçşğ", "x̂", "Ѐр"],
)  # fmt: skip
def test_case_D5_a_name_is_shown_in_its_letters(plain, name):
    shown = words(typesetting.pdf(plain, {"text": name}), "-raw")
    assert shown.count(unicodedata.normalize("NFC", name)) == 2
    assert glyphs.NO_GLYPH not in shown
    assert glyphs.unknown_characters(name) == ""


@pytest.mark.parametrize("name", ["محمد بن علي", "שלום כהן", "عِلْمٌ"])
def test_case_D5_letters_from_right_to_left(plain, name):
    assert glyphs.unknown_characters(name) == ""
    assert glyphs.NO_GLYPH not in words(typesetting.pdf(plain, {"text": name}))


def test_case_D5_only_our_fonts_are_in_it(plain, tmp_path):
    document = tmp_path / "x.pdf"
    document.write_bytes(typesetting.pdf(plain, {"text": "Aễ王م"}))
    tool = shutil.which("pdffonts") or "pdffonts"
    read = subprocess.run([tool, str(document)], capture_output=True, check=True, text=True).stdout
    assert all("+CarnetDocument" in line for line in read.splitlines()[2:])


def test_case_D5_what_no_font_has_is_named():
    assert glyphs.unknown_characters("Café 🖨️", "ไ 🖨️\u202e\u200b") == "🖨️ไ"


@pytest.mark.parametrize("word", ["x" * 160, "W" * 160, "Donaudampfschiff" * 10, "e\u0301" * 160])
def test_case_D5_a_word_without_end_stays_on_the_page(plain, word):
    boxes = words(typesetting.pdf(plain, {"text": word}), "-bbox")
    width = 12 / 2.54 * 72
    ends = [float(line.split('xMax="')[1].split('"')[0]) for line in boxes.splitlines() if "<word" in line]
    assert ends
    assert max(ends) <= width - 72 / 2.54 + 1


@pytest.mark.parametrize("text", ["FR76 1234 5678 9012 3456 7890 123", "facturation@assistance.example.org"])
def test_a_word_of_usual_length_is_left_whole(plain, text):
    assert text in words(typesetting.pdf(plain, {"text": text}))


@effort(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_case_D5_any_text_can_be_set(plain, text):
    assert typesetting.pdf(plain, {"text": text}).startswith(b"%PDF-")


def test_a_template_that_does_not_set_is_named(tmp_path: Path):
    wrong = tmp_path / "wrong.typ"
    wrong.write_text("#unknown")
    with pytest.raises(typesetting.NotSet, match=r"wrong\.typ"):
        typesetting.pdf(wrong, {})
    wrong.write_text('#set document(title: "x")\n#set text(font: "Another Font")\nx')
    with pytest.raises(typesetting.NotSet, match="unknown font family"):
        typesetting.pdf(wrong, {})


def test_an_empty_text_has_no_characters():
    assert glyphs.unknown_characters("") == ""
