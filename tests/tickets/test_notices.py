"""Case E1: a withdrawal, or the end of a contract, is taken as it comes and confirmed at once."""

import pytest

from carnet.audit.actors import VISITOR
from carnet.audit.models import Entry
from carnet.kernel import links
from carnet.kernel.refused import KeyReused
from carnet.mail import rules as mail_rules
from carnet.mail.actions import TooManyMails
from carnet.mail.models import OutgoingMail
from carnet.tickets.actions import notices
from carnet.tickets.models import ContactMessage
from carnet.tickets.rules import Sender
from tests.factories.people import signed_in
from tests.factories.tickets import form_key, moment
from tests.forms import form_to

PAGES = {"withdrawal": "/en/withdraw/declare/", "ending": "/en/end-contract/declare/"}
SPAM = "https://a.example https://b.example https://c.example www.d.example [url=e]"


def give(at, *, name="Nora Petit", email="Nora@example.org", **changes):
    given = {
        "kind": "withdrawal", "sender": Sender(name, email, "en"), "contract": "RF18AB23CD45", "text": "",
        "key": form_key(), "by": VISITOR, "at": at,
    }  # fmt: skip
    return notices.receive_notice(**(given | changes))


@pytest.mark.parametrize("kind", PAGES)
def test_case_E1_it_is_confirmed_at_once_with_content_date_and_time(client, db, kind):
    page = PAGES[kind]
    sent = form_to(client, page, page).filled(
        name="Nora Petit", contract="RF18 AB23 CD45", email="nora@example.org", text=SPAM
    )
    answer = client.post(page, sent | {"step": "confirm"})
    assert answer.headers["Location"] == "/en/notice/sent/"
    notice = ContactMessage.objects.get()
    assert (notice.kind, notice.suspect, notice.subject, notice.text) == (kind, False, "RF18 AB23 CD45", SPAM)
    receipt = OutgoingMail.objects.get()
    assert (receipt.kind, receipt.to) == (f"tickets/{kind}_received", "nora@example.org")
    # Anyone can type a stranger's address (case G1): it is all there, and nothing in it is a link.
    for said in ("Nora Petit", "RF18 AB23 CD45", "nora@example.org", links.disarmed(SPAM), str(notice.at.year)):
        assert said in receipt.text
        assert said in receipt.html.replace("<br>", "").replace("<wbr>", "")
    assert "RF18 AB23 CD45" in client.get("/en/notice/sent/").content.decode()
    assert Entry.objects.get(code=f"{kind}.received").subject_id == notice.pk


def test_case_G1_a_receipt_to_a_strangers_address_has_no_links_and_no_words_as_if_they_were_ours(db):
    give(moment(0), name="Win at casino.example.com", contract="www.loans.example.com", text="Now:\nhttp://192.0.2.1/x")
    receipt = OutgoingMail.objects.get()
    assert "> Now:\n> http[:]//192" in receipt.text
    for written in (receipt.subject, receipt.text, receipt.html):
        assert not any(word in written for word in ("casino.example", "loans.example", "http://192"))


def test_case_G1_to_the_own_address_of_who_is_signed_in_it_is_repeated_as_it_came(claire):
    give(moment(0), email=claire.email, text=SPAM, by=claire.as_actor())
    assert SPAM in OutgoingMail.objects.get().text


def test_case_G1_an_account_is_no_relay_for_receipts(claire):
    """Whoever is signed in was not counted at all: any number of receipts to any number of strangers."""
    most = mail_rules.BY_ONE_VISITOR[0].most
    for number in range(most):
        give(moment(0), email=f"victim{number}@example.org", by=claire.as_actor(), visitor=f"192.0.2.{number}")
    with pytest.raises(TooManyMails):
        give(moment(1), email="victim99@example.org", by=claire.as_actor(), visitor="192.0.2.99")
    assert give(moment(1), email=claire.email, by=claire.as_actor()).email == claire.email
    assert OutgoingMail.objects.filter(html__contains="[.]").count() == 0
    give(moment(2), email="zoe@example.org", visitor="192.0.2.9", name="a.example")
    assert "a[.]example" in OutgoingMail.objects.latest("pk").text


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
