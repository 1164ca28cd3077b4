import re

import pytest
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import Client

from carnet.audit.actors import system
from carnet.kernel import clock
from carnet.office import rules
from carnet.provider import actions as provider
from carnet.web import context
from carnet.web.middleware import SentForm
from demo.year import company, texts

pytestmark = pytest.mark.django_db

DEMO = system("demo")
PAGES = ("terms", "privacy", "withdraw", "end-contract", "accessibility")


@pytest.fixture
def published() -> None:
    company.build(by=DEMO, at=clock.now())
    texts.build(by=DEMO, at=clock.now())


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("language", ["fr", "en", "es"])
@pytest.mark.parametrize("page", PAGES)
def test_the_text_in_force_with_its_version(client: Client, page: str, language: str) -> None:
    response = client.get(f"/{language}/{page}/")
    shown = response.content.decode()
    assert response.status_code == 200
    assert response.context["text"].version == 1
    assert "$" not in shown
    assert "<script>" not in shown
    assert shown.count("<h1") == 1


@pytest.mark.parametrize("page", [*PAGES, "legal-notice"])
def test_before_anything_is_published(client: Client, page: str) -> None:
    assert client.get(f"/fr/{page}/").status_code == 200


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_the_legal_notice_says_who_we_are(client: Client, language: str) -> None:
    page = client.get(f"/{language}/legal-notice/").content.decode()
    for fact in ("Assistance Exemple SARL", "123456782", "12345678200002", "FR11123456782", "RCS Strasbourg"):
        assert fact in page
    for fact in ("bonjour@example.org", "+33 1 99 00 12 34", "Odile Ferrand", "Médiation Exemple"):
        assert fact in page


def test_without_vat_the_notice_says_so(client: Client) -> None:
    provider.change_company(fields={"vat_scheme": "franchise"}, by=DEMO, at=clock.now())
    assert "293\u00a0B" in client.get("/fr/legal-notice/").content.decode()


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_the_privacy_policy_names_every_cookie(client: Client, language: str) -> None:
    page = client.get(f"/{language}/privacy/").content.decode()
    names = {
        settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, context.THEME_COOKIE,
        SentForm.COOKIE, CookieStorage.cookie_name,
    }  # fmt: skip
    assert set(re.findall(r"<tr>\s*<td>(\w+)</td>", page)) & names == names


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("language", "said", "never"),
    [
        (
            "fr",
            ["Le paiement", "PayPal, virement bancaire ou chèque", "dès que PayPal nous a confirmé le paiement",
             "Paiement en vérification", "étape par étape", "30 jours", "toutes taxes comprises", "indivisibles",
             "un seul sujet", "à compter du jour où l’achat devient utilisable"],
            ["à partir du paiement", "Nous ne répondons pas"],
        ),
        (
            "en",
            ["Payment", "PayPal, bank transfer or cheque", "as soon as PayPal has confirmed the payment to us",
             "Payment being checked", "step by step", "30 days", "including VAT", "indivisible", "one subject",
             "from the day on which the purchase becomes usable"],
            ["from its payment", "We do not answer for"],
        ),
        (
            "es",
            ["El pago", "PayPal, transferencia o cheque", "en cuanto PayPal nos ha confirmado el pago",
             "Pago en comprobación", "paso a paso", "30 días", "con IVA", "indivisibles", "un solo asunto",
             "desde el día en que la compra puede usarse"],
            ["desde su pago", "No respondemos de"],
        ),
    ],
)  # fmt: skip
def test_case_E4_the_terms_say_what_the_law_wants(client: Client, language: str, said: list[str], never: list[str]):
    """Steps of contracting (code civil 1127-1), payment, validity as L1 has it; nothing of the black list (R212-1)."""
    page = re.sub(r"[\u00a0\u202f]", " ", client.get(f"/{language}/terms/").content.decode())
    for law in ("L213-1", "L221-25", "L221-28", "L611-1", "Médiation Exemple", f"/{language}/withdraw/"):
        assert law in page
    assert [one for one in said if one not in page] == []
    assert [one for one in never if one in page] == []


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_case_E1_the_page_of_withdrawal_says_what_is_true(client: Client, language: str) -> None:
    page = client.get(f"/{language}/withdraw/").content.decode()
    assert page.count(f'href="/{language}/withdraw/declare/"') == 2  # in the text, and as a button
    for untrue in ("n’est pas encore ouverte", "is not open", "aún no está abierto"):
        assert untrue not in page


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ["1 mois", "3 mois", "12 mois", "3 ans", "5 ans", "10 ans", "30 jours", "adresse IP", "payeur",
                "sont nécessaires", "après votre décès", "adresse postale"]),
        ("en", ["1 month", "3 months", "12 months", "3 years", "5 years", "10 years", "30 days", "IP address", "payer",
                "are needed", "after your death", "postal address"]),
        ("es", ["1 mes", "3 meses", "12 meses", "3 años", "5 años", "10 años", "30 días", "dirección IP", "pagador",
                "son necesarios", "después de su fallecimiento", "dirección postal"]),
    ],
)  # fmt: skip
def test_case_E7_the_privacy_notice_names_every_period_and_what_is_compulsory(
    client: Client, language: str, said: list[str]
) -> None:
    """The periods of `office.rules`, which the purge carries out; in months: 1, 3, 12, 36, 60, and ten years."""
    assert {*rules.KEPT_MONTHS.values()} == {1, 3, 12, 36, 60}
    assert (rules.ACCOUNTING_YEARS, rules.TOLD_DAYS) == (10, 30)
    page = re.sub(r"[\u00a0\u202f]", " ", client.get(f"/{language}/privacy/").content.decode())
    assert [one for one in said if one not in page] == []


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ["Seulement si vous choisissez PayPal", "PayPal (Europe)", "ne nous parvient jamais",
                "12 mois ; 1 mois si rien ne prouve"]),
        ("en", ["Only if you choose PayPal", "PayPal (Europe)", "never reaches us",
                "12 months; 1 month if nothing proves"]),
        ("es", ["Solo si usted elige PayPal", "PayPal (Europe)", "nunca nos llega", "12 meses; 1 mes si nada prueba"]),
    ],
)  # fmt: skip
def test_the_privacy_notice_says_what_goes_to_paypal_and_how_long_its_notices_stay(
    client: Client, language: str, said: list[str]
) -> None:
    assert (rules.KEPT_MONTHS["payment_notices"], rules.KEPT_MONTHS["forged_notices"]) == (12, 1)
    page = re.sub(r"[\u00a0\u202f]", " ", client.get(f"/{language}/privacy/").content.decode())
    assert [one for one in said if one not in page] == []


@pytest.mark.usefixtures("published")
def test_an_earlier_version_stays_readable(client: Client) -> None:
    provider.publish_text(kind="terms", texts={"fr": "Neuf", "en": "New", "es": "Nuevo"}, by=DEMO, at=clock.now())
    assert "<p>New</p>" in client.get("/en/terms/").content.decode()
    assert "Consumers" in client.get("/en/texts/terms/1/").content.decode()


@pytest.mark.parametrize("address", ["terms/1", "terms/0", f"terms/{10**30}", "poem/1"])
def test_an_unknown_version_is_not_found(client: Client, address: str) -> None:
    assert client.get(f"/fr/texts/{address}/").status_code == 404


@pytest.mark.usefixtures("published")
def test_what_the_owner_writes_can_do_no_harm(client: Client) -> None:
    harm = "<script>alert(1)</script> [x](javascript:alert(1)) **well**"
    provider.publish_text(kind="terms", texts={"fr": harm, "en": harm, "es": harm}, by=DEMO, at=clock.now())
    page = client.get("/en/terms/").content.decode()
    assert "<script>alert" not in page
    assert "javascript:alert(1)" not in page.replace("[x](javascript:alert(1))", "")
    assert "<strong>well</strong>" in page
