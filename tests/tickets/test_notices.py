"""Case E1: a withdrawal, or the end of a contract, is taken as it comes and confirmed at once."""

import pytest

from carnet.audit.actors import VISITOR
from carnet.audit.models import Entry
from carnet.kernel.refused import KeyReused
from carnet.mail.models import OutgoingMail
from carnet.tickets.actions import notices
from carnet.tickets.models import ContactMessage
from tests.factories.people import signed_in
from tests.factories.tickets import form_key, moment
from tests.forms import form_to

PAGES = {"withdrawal": "/en/withdraw/declare/", "ending": "/en/end-contract/declare/"}
SPAM = "https://a.example https://b.example https://c.example www.d.example [url=e]"


def give(at, **changes):
    given = {
        "kind": "withdrawal", "key": form_key(), "name": "Nora Petit", "email": "Nora@example.org", "language": "en",
        "contract": "RF18AB23CD45", "text": "", "by": VISITOR, "at": at,
    }  # fmt: skip
    return notices.receive_notice(**(given | changes))


@pytest.mark.parametrize("kind", PAGES)
def test_case_E1_it_is_confirmed_at_once_with_content_date_and_time(client, db, kind):
    page = PAGES[kind]
    sent = form_to(client, page, page).filled(
        name="Nora Petit", contract="RF18 AB23 CD45", email="nora@example.org", text=SPAM
    )
    assert client.post(page, sent).headers["Location"] == "/en/notice/sent/"
    notice = ContactMessage.objects.get()
    assert (notice.kind, notice.suspect, notice.subject, notice.text) == (kind, False, "RF18 AB23 CD45", SPAM)
    receipt = OutgoingMail.objects.get()
    assert (receipt.kind, receipt.to) == (f"tickets/{kind}_received", "nora@example.org")
    for said in ("Nora Petit", "RF18 AB23 CD45", "nora@example.org", SPAM, str(notice.at.year)):
        assert said in receipt.text
        assert said in receipt.html.replace("<br>", "")
    assert "RF18 AB23 CD45" in client.get("/en/notice/sent/").content.decode()
    assert Entry.objects.get(code=f"{kind}.received").subject_id == notice.pk


def test_case_E1_the_receipt_says_the_minute_of_the_providers_clock(db):
    give(moment(60))
    text = " ".join(OutgoingMail.objects.get().text.split())
    assert "Received: Monday 11 January 2027, 10:00" in text


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_case_E1_the_pages_lead_there(client, db, language):
    assert f'/{language}/withdraw/declare/"' in client.get(f"/{language}/withdraw/").content.decode()
    assert f'/{language}/end-contract/declare/"' in client.get(f"/{language}/end-contract/").content.decode()


def test_case_E1_what_is_known_is_filled_in(claire):
    form = signed_in(claire).get("/en/withdraw/declare/?order=RF18AB23CD45").context["form"]
    assert [form[name].value() for name in ("name", "email", "contract")] == [
        "Claire Martin", "claire@example.org", "RF18AB23CD45",
    ]  # fmt: skip


def test_case_E1_without_a_notice_there_is_no_receipt_to_show(client, db):
    assert client.get("/en/notice/sent/").headers["Location"] == "/en/withdraw/"


def test_L12_a_notice_once(db):
    key = form_key()
    assert give(moment(0), key=key) == give(moment(1), key=key)
    with pytest.raises(KeyReused):
        give(moment(2), key=key, contract="Another one")
    assert (ContactMessage.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_case_E1_too_many_are_refused_in_words_and_not_in_silence(db):
    for _ in range(notices.NOTICES_AN_HOUR):
        give(moment(0))
    with pytest.raises(notices.TooManyNotices):
        give(moment(30))
    assert give(moment(61)).suspect is False


def test_no_other_kind(db):
    with pytest.raises(ValueError, match="no notice"):
        give(moment(0), kind="message")


def test_case_E1_the_desk_sees_what_it_is(awa):
    awa.language = "en"
    awa.save()
    notice = give(moment(0))
    for page in ("/desk/contact/", f"/desk/contact/{notice.pk}/"):
        assert "withdrawal" in signed_in(awa).get(page).content.decode()
