import uuid

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from carnet.files import actions as files
from carnet.files import rights
from carnet.files.models import StoredFile
from carnet.kernel import clock
from carnet.tickets.models import Attachment, Message
from tests.factories.tickets import in_english, make_ticket
from tests.files import contents

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(hugo) -> StoredFile:
    return attached(hugo, contents.PNG, "Écran «1».png")


def attached(person, content: bytes, name: str) -> StoredFile:
    file = files.store_file(upload=SimpleUploadedFile(name, content), at=clock.now())
    Attachment.objects.create(message=Message.objects.get(ticket=make_ticket(person)), file=file)
    return file


def address(file: StoredFile) -> str:
    return reverse("files:show_file", args=[file.pk])


def read(client, file: StoredFile) -> tuple[int, dict[str, str]]:
    """The status and the headers; the content is read to its end, which closes it."""
    response = client.get(address(file))
    assert b"".join(response) != b""
    return response.status_code, response.headers


def test_a_picture_is_shown_where_it_is(client, hugo, file):
    client.force_login(hugo)
    response = client.get(address(file))
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == contents.PNG
    headers = response.headers
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Length"] == str(len(contents.PNG))
    assert headers["Content-Disposition"] == "inline; filename*=utf-8''%C3%89cran%20%C2%AB1%C2%BB.png"


def test_it_is_served_inert(client, hugo, file):
    client.force_login(hugo)
    _, headers = read(client, file)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "private, max-age=3600"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("content", "name"),
    [(contents.PDF, "a.pdf"), (contents.TEXT, "a.txt"), (contents.ZIP, "a.zip"), (contents.HEIC, "a.heic")],
)
def test_anything_but_a_picture_of_the_web_is_a_download(client, hugo, content, name):
    client.force_login(hugo)
    _, headers = read(client, attached(hugo, content, name))
    assert headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_quote_in_a_name_stays_in_its_place(client, hugo):
    client.force_login(hugo)
    _, headers = read(client, attached(hugo, contents.TEXT, 'a"; filename="b.exe.txt'))
    assert headers["Content-Disposition"] == 'attachment; filename="a\\"; filename=\\"b.exe.txt"'


def test_its_headers_can_be_asked_for_alone(client, hugo, file):
    client.force_login(hugo)
    response = client.head(address(file))
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Length"] == str(len(contents.PNG))
    assert response.headers["Content-Type"] == "image/png"


def test_the_agent_sees_it_and_the_stranger_finds_nothing(client, awa, ines, file):
    client.force_login(awa)
    assert read(client, file)[0] == 200
    client.force_login(ines)
    assert client.get(address(file)).status_code == 404


def test_nobody_is_asked_to_sign_in_whether_it_exists_or_not(client, file):
    for path in (address(file), f"/files/{uuid.uuid4()}/"):
        response = client.get(path)
        assert response.status_code == 302
        assert response.headers["Location"].endswith(f"?next={path}")


def test_what_nobody_owns_is_seen_by_nobody(client, odile):
    client.force_login(odile)
    lost = files.store_file(upload=SimpleUploadedFile("a.png", contents.PNG), at=clock.now())
    assert client.get(address(lost)).status_code == 404


@pytest.mark.parametrize("path", ["/files/1/", "/files/x/", "/files/../settings.py/", f"/files/{uuid.UUID(int=1)}/"])
def test_an_address_that_leads_nowhere(client, hugo, path):
    client.force_login(hugo)
    assert client.get(path).status_code == 404


def test_a_content_that_is_missing_is_not_found_and_told_in_the_log(client, hugo, file, caplog):
    default_storage.delete(file.content.name)
    client.force_login(hugo)
    assert client.get(address(file)).status_code == 404
    assert f"The content of file {file.pk} is missing." in caplog.messages


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_can_only_be_read(client, hugo, file, method):
    client.force_login(hugo)
    assert getattr(client, method)(address(file)).status_code == 405


def test_an_app_registers_its_rights_once(monkeypatch, file, ines):
    monkeypatch.setattr(rights, "_predicates", [])

    def hers(person, asked):
        return person == ines and asked == file

    assert rights.may_see(ines, file) is False
    rights.register(hers)
    rights.register(hers)
    assert rights._predicates == [hers]
    assert rights.may_see(ines, file) is True


@pytest.mark.parametrize(
    ("content", "name", "downloaded"),
    [
        (contents.MP4, "film.mp4", "film.mp4"),
        (contents.XML, "a.xml", "a.xml"),
        (contents.REG, "a.reg", "a.reg.txt"),
        (contents.AVIF, "a.avif", "a.avif"),
    ],
)
def test_case_D9_what_is_taken_is_served_inert(client, hugo, content, name, downloaded):
    client.force_login(hugo)
    _, headers = read(client, attached(hugo, content, name))
    assert headers["Content-Disposition"] == f'attachment; filename="{downloaded}"'
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_case_D8_the_desk_sees_that_it_needs_a_password(hugo, awa):
    file = attached(hugo, contents.PROTECTED, "pay.xlsx")
    ticket = Attachment.objects.get(file=file).message.ticket
    page = in_english(awa).get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert "opens with a password only" in page
