import pytest

from carnet.audit.models import Entry
from carnet.jobs.models import Job
from carnet.mail.models import OutgoingMail
from tests.factories.people import signed_in
from tests.factories.tickets import in_english

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(mail) -> OutgoingMail:
    Job.objects.all().delete()
    OutgoingMail.objects.update(state="failed", error="550")
    mail.refresh_from_db()
    return mail


def test_it_waits_again(odile, failed):
    response = in_english(odile).post(f"/desk/mails/{failed.pk}/retry/", follow=True)
    assert response.redirect_chain == [("/desk/mails/", 302)]
    assert "The e-mail will be sent again in a moment." in response.content.decode()
    failed.refresh_from_db()
    assert (failed.state, Job.objects.get().args) == ("waiting", {"mail_id": failed.pk})
    assert Entry.objects.get(code="mail.retried").actor_label == f"owner {odile.pk}"


def test_a_double_click_sends_once(odile, failed):
    browser = in_english(odile)
    browser.post(f"/desk/mails/{failed.pk}/retry/")
    page = browser.post(f"/desk/mails/{failed.pk}/retry/", follow=True).content.decode()
    assert "This message has not failed: there is nothing to send again." in page
    assert (Job.objects.count(), Entry.objects.filter(code="mail.retried").count()) == (1, 1)


def test_who_may(odile, awa, claire, client, failed):
    address = f"/desk/mails/{failed.pk}/retry/"
    assert [signed_in(one).post(address).status_code for one in (awa, claire)] == [404, 404]
    assert client.post(address).status_code == 302
    assert signed_in(odile).get(address).status_code == 302
    assert signed_in(odile).post("/desk/mails/999/retry/").status_code == 404
    failed.refresh_from_db()
    assert failed.state == "failed"
