import datetime

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from carnet.files import actions as files
from carnet.files import queries, tasks
from carnet.files.models import StoredFile
from carnet.kernel import clock
from carnet.tickets.models import Attachment, FirstQuestion, FirstQuestionFile, Message
from tests.factories.tickets import make_ticket
from tests.files import contents

pytestmark = pytest.mark.django_db


def store() -> StoredFile:
    return files.store_file(upload=SimpleUploadedFile("a.png", contents.PNG), at=clock.now())


def stored_names() -> set[str]:
    """What lies in this month's folder."""
    return set(default_storage.listdir(f"{clock.now():%Y/%m}")[1])


def later(**time: float) -> datetime.datetime:
    return clock.now() + datetime.timedelta(**time)


def test_a_file_attached_to_nothing_goes_after_two_days():
    store()
    assert files.purge_orphans(at=later(hours=47)) == 0
    assert files.purge_orphans(at=later(hours=49)) == 1
    assert (StoredFile.objects.count(), stored_names()) == (0, set())


def test_a_file_of_a_message_or_a_first_question_stays(hugo):
    """Whatever refers to a file is found, without being known by name in carnet.files."""
    attached, asked, lost = store(), store(), store()
    Attachment.objects.create(message=Message.objects.get(ticket=make_ticket(hugo)), file=attached)
    at = clock.now()
    question = FirstQuestion.objects.create(created_at=at, sent_at=at, expires_at=at)
    FirstQuestionFile.objects.create(question=question, file=asked)
    assert list(queries.files_unattached()) == [lost]
    assert files.purge_orphans(at=later(days=3)) == 1
    assert set(StoredFile.objects.all()) == {attached, asked}
    assert stored_names() == {str(attached.pk), str(asked.pk)}


def test_a_content_whose_row_was_rolled_back_goes_too():
    kept = store()
    StoredFile.objects.update(stored_at=later(days=9))
    name = default_storage.save(f"{clock.now():%Y/%m}/rolled-back", ContentFile(b"x"))
    assert files.purge_orphans(at=later(hours=47)) == 0
    assert files.purge_orphans(at=later(hours=49)) == 1
    assert not default_storage.exists(name)
    assert stored_names() == {str(kept.pk)}


def test_a_file_attached_just_now_stays(hugo, monkeypatch):
    file = store()
    # Attached between the question and the deletion.
    monkeypatch.setattr(queries, "files_unattached", StoredFile.objects.all)
    Attachment.objects.create(message=Message.objects.get(ticket=make_ticket(hugo)), file=file)
    assert files.purge_orphans(at=later(days=3)) == 0
    assert stored_names() == {str(file.pk)}


def test_without_any_file_there_is_nothing_to_do():
    assert files.purge_orphans(at=later(days=3)) == 0


def test_the_worker_does_it_every_day(settings):
    store()
    tasks.purge.call()
    assert StoredFile.objects.count() == 1
    clock.put_forward(3 * 86400)
    tasks.purge.call()
    assert StoredFile.objects.count() == 0
