"""D1, D2, D3 of an order: its confirmation says all of it, and brings the terms as a document."""

import re
from functools import partial

import pytest

from carnet.jobs.models import Job
from carnet.mail import actions as mail
from carnet.mail.models import MailAttachment, OutgoingMail
from carnet.orders import tasks
from carnet.orders.actions import confirming
from carnet.orders.models import TermsDocument
from carnet.orders.shown import terms
from carnet.provider import actions as provider
from tests.factories.catalogue import TEST, put_on_sale
from tests.factories.ledger import moment
from tests.factories.orders import AT, open_shop, pay, place
from tests.factories.people import BEGAN
from tests.factories.processes import all_at_once
from tests.invoices.issuing import words

LONG = """These hold between **Aide SARL** and you; a question? [Write to us](/en/contact/).

## 1. The service

Tickets cover *one subject* up to 30 minutes.

- Attended hours only
- No promise

#### A heading too deep

1. First
2. Second

| Pack | Valid |
| --- | --- |
| 20 tickets | 12 months |

> Date and signature:
"""


@pytest.fixture(autouse=True)
def _shop(db):
    open_shop()
    texts = {"fr": "## Modèle de formulaire\n\nJe me rétracte.", "en": "## Model form\n\nI hereby withdraw.",
             "es": "## Modelo de formulario\n\nDesisto."}  # fmt: skip
    provider.publish_text(kind="withdrawal", texts=texts, by=TEST, at=BEGAN)


@pytest.fixture
def twenty(db):
    return put_on_sale()


@pytest.fixture
def five(db):
    return put_on_sale("tokens-5", 5, months=6, shared=False, price_cents=7_000)


def told(kind: str = "orders/placed") -> str:
    return OutgoingMail.objects.filter(kind=kind).latest("pk").text.replace("\u00a0", " ").replace("\u202f", " ")


def test_case_D1_the_terms_come_as_a_document(claire, twenty, settings):
    provider.publish_text(kind="terms", texts=dict.fromkeys(("fr", "en", "es"), LONG), by=TEST, at=BEGAN)
    order = place(claire, twenty)
    held = OutgoingMail.objects.get(kind="orders/placed")
    assert (held.state, held.attachments.count()) == ("held", 0)
    assert not Job.objects.filter(name="carnet.mail.tasks.deliver", key=f"mail:{held.pk}").exists()
    tasks.send_confirmation.call(order.pk)
    held.refresh_from_db()
    attached = held.attachments.get()
    assert (held.state, attached.name, attached.content_type) == ("waiting", "terms-2.pdf", "application/pdf")
    said = words(bytes(attached.content))
    for one in ("Terms of sale", "Version 2, in force since", "between Aide SARL and you", "1. The service",
                "• Attended hours only", "2. Second", "20 tickets 12 months", "Date and signature:",
                "Right to withdraw, and model form", "Model form I hereby withdraw."):  # fmt: skip
        assert one in said
    pdf = bytes(attached.content)
    assert b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert f"({settings.SITE_URL}/en/contact/)".encode() in pdf


def test_case_D1_its_text_is_readable(claire, twenty):
    provider.publish_text(kind="terms", texts=dict.fromkeys(("fr", "en", "es"), LONG), by=TEST, at=BEGAN)
    place(claire, twenty)
    text = told()
    assert re.findall(r"\*\*|^#|\]\(", text, re.MULTILINE) == []
    assert "The terms you agreed to are attached" in text


def test_case_D1_made_once_for_each_version_and_language(claire, twenty):
    first, second = place(claire, twenty), place(claire, twenty)
    for order in (first, second):
        confirming.send_confirmation(order.pk, at=moment(AT))
    confirming.send_confirmation(place(claire, twenty, language="fr").pk, at=moment(AT))
    assert sorted(TermsDocument.objects.values_list("key", flat=True)) == [
        "terms-1-withdrawal-2-en", "terms-1-withdrawal-2-fr",
    ]  # fmt: skip
    assert len({bytes(one.content) for one in MailAttachment.objects.filter(name="terms-1.pdf")}) == 1
    document = TermsDocument.objects.get(language="en")
    assert bytes(document.pdf) == terms.pdf_of(document.terms, document.withdrawal, "en")
    assert str(document) == "terms terms-1-withdrawal-2-en"


def test_case_D1_any_text_of_the_provider_can_be_set(claire, twenty):
    odd = (
        "##\n\n| a |\n| - |\n\n- \n\n> \n\n1. one\n   - two\n     > three\n\n"
        "![picture](x.png) `a` \\\nb\n\n    code\n\n---\n\n[](x)"
    )
    provider.publish_text(kind="terms", texts=dict.fromkeys(("fr", "en", "es"), odd), by=TEST, at=BEGAN)
    confirming.send_confirmation(place(claire, twenty).pk, at=moment(AT))
    assert "picture" in words(bytes(MailAttachment.objects.get().content))


def test_case_D1_again_changes_nothing(claire, twenty):
    order = place(claire, twenty)
    for _ in range(2):
        sent = confirming.send_confirmation(order.pk, at=moment(AT))
    assert sent.attachments.count() == 1
    mail.deliver_mail(sent.pk, at=moment(AT))
    assert confirming.send_confirmation(order.pk, at=moment(AT)).state == "kept"


def test_case_D1_it_is_not_sent_without_its_document(claire, twenty):
    place(claire, twenty)
    held = OutgoingMail.objects.get(kind="orders/placed")
    assert mail.deliver_mail(held.pk, at=moment(AT)).state == "held"
    assert mail.nudge_mails(at=moment("2027-02-27 12:00")) == 0


@pytest.mark.django_db(transaction=True)
def test_case_D1_two_workers_at_once_attach_one(claire, twenty):
    order = place(claire, twenty)
    all_at_once([partial(confirming.send_confirmation, order.pk, at=moment(AT)) for _ in range(4)])
    assert (TermsDocument.objects.count(), MailAttachment.objects.count()) == (1, 1)


def test_case_D1_a_company_has_no_right_to_withdraw(ines, twenty):
    order = place(ines, twenty, express_request=False)
    confirming.send_confirmation(order.pk, at=moment(AT))
    assert TermsDocument.objects.get().withdrawal is None
    assert "withdraw" not in words(bytes(MailAttachment.objects.get().content)).lower()


def test_case_D2_the_whole_order(claire, twenty):
    place(claire, twenty)
    text = told()
    for said in (
        "Ordered on: 26 February 2027", "Includes: 20 tickets of 30 min, for everyone in the account",
        "Valid for: 12 months",
        "Price excluding VAT: €200.00", "VAT at 20 %: €40.00", "Price including VAT: €240.00", "To pay: €240.00",
    ):  # fmt: skip
        assert said in text
    assert "Your credit" not in text
    html = OutgoingMail.objects.get(kind="orders/placed").html
    assert "20&nbsp;tickets of 30&nbsp;min, for everyone in the account" in html


def test_case_D2_credit_is_subtracted(claire, twenty, five):
    pay(place(claire, five), 8_000)
    place(claire, twenty)
    text = told()
    assert "Price including VAT: €240.00\nYour credit: −€10.00\nTo pay: €230.00" in text
    assert "Please transfer €230.00" in text
    assert text.count("240.00") == 1


def test_case_D2_hours_for_one_person(claire, twenty):
    hours = put_on_sale("hours-10", 600, kind="hours", shared=False, months=6, price_cents=50_000)
    place(claire, hours, language="fr")
    text = told()
    for said in ("Contenu : 10 h, pour une seule personne", "Pour qui : Claire Martin", "Prix HT : 416,67 €"):
        assert said in text


def test_what_was_paid_is_subtracted_from_what_is_missing(claire, twenty):
    pay(place(claire, twenty), 10_000)
    text = told("till/rest_missing")
    assert "Price including VAT: €240.00\nAlready paid: −€100.00\nTo pay: €140.00" in text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "You can use it as soon as your transfer has arrived."),
        ({"means": "cheque"}, "You can use it as soon as your cheque has arrived."),
        ({"express_request": False},
         "You can use it once your payment has arrived, and not before 13 March 2027, when the time to withdraw is"
         " over."),
    ],
)  # fmt: skip
def test_case_D3_when_it_can_be_used(claire, twenty, changed, said):
    place(claire, twenty, **changed)
    assert said in told()


def test_case_D3_a_cheque_that_must_be_cleared(claire, twenty):
    provider.change_setting(name="cheque_activates_on", value="clearing", by=TEST, at=BEGAN)
    place(claire, twenty, means="cheque")
    assert "You can use it as soon as your cheque has been cleared." in told()


@pytest.mark.parametrize(
    ("express_request", "said"),
    [
        (True, "You can use it at once."),
        (False, "You can use it from 13 March 2027, when the time to withdraw is over."),
    ],
)  # fmt: skip
def test_case_D3_paid_by_credit(claire, twenty, five, express_request, said):
    pay(place(claire, five), 40_000)
    place(claire, twenty, express_request=express_request)
    assert f"Your credit covers it in full.\n\n{said}" in told()


def test_case_D3_a_company_waits_for_the_money_alone(ines, twenty):
    place(ines, twenty, express_request=False)
    assert "You can use it as soon as your transfer has arrived." in told()
