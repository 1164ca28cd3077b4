"""What nobody should send and somebody will: a sentence next to the field, everything typed kept, never a 500."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from carnet.tickets.models import FirstQuestion, Message, Ticket
from tests.factories.tickets import form_key, give_tokens, in_english, make_ticket
from tests.files import contents
from tests.tickets.test_ask_first_question import sent

LONG = "é" * 100_000
ODD = "مرحبا \u202eevil\u202c 🖨️👩‍👩‍👧\u0000 نص <script>alert(1)</script> {{ 7|add:7 }} ' OR 1=1 --"

CLEAN = "مرحبا evil 🖨️👩‍👩‍👧 نص <script>alert(1)</script> {{ 7|add:7 }} ' OR 1=1 --"


def files(*given):
    return [SimpleUploadedFile(name, content) for name, content in given]


def test_a_text_of_100_000_characters(client, db):
    page = client.post("/en/try/", sent(text=LONG)).content.decode()
    assert "Ensure this value has at most 50000 characters (it has 100000)." in page
    assert LONG in page
    assert "Up to 50,000 characters" in page
    assert "maxlength" not in page.split("<textarea")[1].split(">")[0]


def test_exactly_50_000_characters(client, db):
    client.post("/en/try/", sent(text="é" * 50_000))
    assert len(FirstQuestion.objects.get().text) == 50_000


@pytest.mark.parametrize("field", ["subject", "text", "name"])
def test_right_to_left_emoji_nul_and_markup(client, db, field):
    assert client.post("/en/try/", sent(**{field: ODD})).status_code == 302
    assert getattr(FirstQuestion.objects.get(), field) == CLEAN


def test_they_are_shown_as_they_are(martins, claire, awa):
    ticket = make_ticket(claire, means="none", subject=ODD.replace("\0", ""), text=ODD.replace("\0", ""))
    for browser, face in ((in_english(claire), "my"), (in_english(awa), "desk")):
        page = browser.get(f"/{face}/tickets/{ticket.pk}/").content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7|add:7 }}" in page
        assert 'dir="auto"' in page
        assert "<script>alert" not in page


@pytest.mark.parametrize("subject", ["x" * 201, " \n ", "\0"])
def test_a_subject_that_is_none(client, db, subject):
    response = client.post("/en/try/", sent(subject=subject))
    assert response.status_code == 200
    assert "It jumps over the screen." in response.content.decode()


def test_a_subject_of_several_lines(client, db):
    assert client.post("/en/try/", sent(subject="One\r\nBcc: all@example.org")).status_code in (200, 302)
    assert FirstQuestion.objects.filter(subject__contains="\n").count() == 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([("page.png", contents.HTML)], "“page.png” is not what its name says."),
        ([("empty.txt", b"")], "“empty.txt” is empty."),
        ([(f"{number}.png", contents.PNG) for number in range(30)], "You chose 30 files"),
        ([("tool.exe", contents.EXE)], "tool.exe"),
        ([("good.png", contents.PNG), ("empty.txt", b""), ("page.png", contents.HTML)], "“empty.txt” is empty."),
    ],
)
def test_files_that_are_not_taken(client, db, given, sentence):
    response = client.post("/en/try/", sent(files=files(*given)))
    page = response.content.decode().replace("«", "“").replace("»", "”")
    assert response.status_code == 200
    assert sentence in page
    assert "It jumps over the screen." in page
    assert FirstQuestion.objects.count() == 0


def test_files_are_to_be_chosen_again_when_something_else_was_wrong(client, db):
    page = client.post("/en/try/", sent(email="x", files=files(("a.png", contents.PNG)))).content.decode()
    assert "Please choose the files again" in page


@pytest.mark.parametrize("face", ["my", "desk"])
def test_in_every_form_of_a_ticket(martins, claire, awa, face):
    give_tokens(martins)
    ticket = make_ticket(claire)
    browser = in_english(claire if face == "my" else awa)
    address = f"/{face}/tickets/{ticket.pk}/" + ("message/" if face == "my" else "answer/")
    for bad in (
        {"text": LONG},
        {"text": "Kept", "files": files(("page.png", contents.HTML))},
        {"key": "x", "text": "Kept"},
    ):
        response = browser.post(address, {"key": form_key(), "way": "asks", **bad})
        assert response.status_code == 422
        assert bad["text"] in response.content.decode()
    assert browser.post(address, {"key": form_key(), "way": "asks", "text": ODD}).status_code == 302
    assert Message.objects.latest("pk").text == CLEAN


@pytest.mark.parametrize("address", ["/my/tickets/{}/", "/desk/tickets/{}/"])
@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "x", "%00", "1%2F..%2F2"])
def test_numbers_that_are_none(martins, claire, awa, address, number):
    browser = in_english(awa if "desk" in address else claire)
    assert browser.get(address.format(number)).status_code == 404


def test_bytes_that_are_no_text(client, db):
    response = client.post("/en/try/", b"subject=\xff\xfe&text=%FF", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert Ticket.objects.count() == 0
