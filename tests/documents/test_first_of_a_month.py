"""The first of a month in French: raised letters on the screen, plain ones in a document, whose font has no others."""

import datetime
import shutil
import subprocess

from carnet.documents import typesetting
from carnet.web import formats

TEMPLATE = """#let data = json(bytes(sys.inputs.data))
#set document(title: "A day", date: datetime(year: 2027, month: 5, day: 1))
#set text(font: "Carnet Document", lang: "fr")
#data.day
"""


def test_case_W_the_first_of_a_month_in_a_document(tmp_path):
    template = tmp_path / "day.typ"
    template.write_text(TEMPLATE, "utf-8")
    shown = formats.day(datetime.date(2027, 5, 1), "fr")
    document = typesetting.pdf(template, {"day": shown})
    command = [shutil.which("pdftotext") or "pdftotext", "-", "-"]
    told = subprocess.run(command, input=document, capture_output=True, check=True).stdout.decode()
    assert (shown, told.split()) == ("1ᵉʳ\u00a0mai 2027", ["1er", "mai", "2027"])
