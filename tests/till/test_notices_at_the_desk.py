"""The desk's list of what the payment service sent by itself, and one of it with its raw content."""

from typing import get_args

import pytest

from carnet.payments.models import Checkout, OnlineNotice
from carnet.payments.rules.online import About
from carnet.till.shown import notices as words
from tests.factories.people import BEGAN, TEST, signed_in

pytestmark = pytest.mark.django_db
LIST = "/desk/paypal/notices/"
State = OnlineNotice.State


def make_notice(number=1, state="used", **changed):
    given = {
        "body": b'{"id": "WH-%d", "note": "<script>alert(1)</script>"}' % number, "digest": f"{number:064}",
        "headers": {"paypal-auth-algo": "SHA256withRSA"}, "received_at": BEGAN, "last_at": BEGAN, "state": state,
        "event": "PAYMENT.CAPTURE.COMPLETED", "about": "capture", "external_id": f"CAPTURE-{number}", "outcome": "paid",
    }  # fmt: skip
    return OnlineNotice.objects.create(**(given | changed))


@pytest.fixture
def owner(odile):
    odile.language = "en"
    odile.save()
    return signed_in(odile)


def text_of(browser, path=LIST):
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_has_come_yet(owner):
    assert "everything it sends is listed here" in text_of(owner)
    assert "No notification has this status" in text_of(owner, f"{LIST}?state=forged")


def test_each_with_what_came_of_it(owner):
    make_notice(1, count=3)
    make_notice(2, "failed", outcome="INTERNAL_SERVER_ERROR")
    make_notice(3, "received", event="", about="", external_id="", outcome="")
    page = text_of(owner)
    assert "The payment is complete" in page
    assert "received 3 times" in page
    assert "PayPal did not answer (INTERNAL_SERVER_ERROR)" in page
    assert page.index("not verified</span>") < page.index("failed</span>") < page.index("processed</span>")


@pytest.mark.parametrize("state", State.values)
def test_filtered_by_state(owner, state):
    for number, one in enumerate(State.values):
        make_notice(number, one)
    page = text_of(owner, f"{LIST}?state={state}")
    assert page.count("data-row") == 1
    assert f'href="{LIST}?state={state}" aria-current="page"' in page
    assert text_of(owner, f"{LIST}?state=unknown").count("data-row") == len(State.values)


def test_a_long_list_has_pages_and_the_same_number_of_statements(owner, django_assert_max_num_queries):
    for number in range(55):
        make_notice(number)
    with django_assert_max_num_queries(14):
        page = text_of(owner)
    assert page.count("data-row") == 50
    assert text_of(owner, f"{LIST}?page=2").count("data-row") == 5


@pytest.mark.parametrize("field", ["external_id", "capture_id"])
def test_the_order_that_it_is_about_is_one_click_away(owner, field, rows):
    Checkout.objects.create(
        customer_id=rows["customer_id"], reference="RF", amount_cents=100, language="fr", environment="sandbox",
        cause_kind="order", cause_id=rows["order_id"], made_at=BEGAN, **TEST.columns, **{field: "CAPTURE-1"},
    )  # fmt: skip
    notice = make_notice()
    for path in (LIST, f"{LIST}{notice.pk}/"):
        assert f'href="/desk/orders/{rows["order_id"]}/"' in text_of(owner, path)


def test_its_raw_content_is_text_and_nothing_else(owner):
    notice = make_notice(body=b'{"a": "<script>alert(1)</script>\xff\x00"}', done_at=BEGAN, count=2)
    page = text_of(owner, f"{LIST}{notice.pk}/")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\ufffd" in page
    assert "SHA256withRSA" in page
    assert "received 2 times" in page


def test_a_forged_one_says_so(owner):
    notice = make_notice(1, "forged", event="", about="", external_id="", outcome="")
    page = text_of(owner, f"{LIST}{notice.pk}/")
    assert "PayPal did not send this" in page
    assert "Ask PayPal again" not in page


def test_agents_read_and_the_owner_acts(awa):
    notice = make_notice(1, "failed")
    agent = signed_in(awa)
    assert "Interroger PayPal à nouveau" not in text_of(agent, f"{LIST}{notice.pk}/")
    assert text_of(agent).count("data-row") == 1
    assert agent.post(f"{LIST}{notice.pk}/again/").status_code == 404


def test_customers_do_not_see_it(claire):
    make_notice()
    assert signed_in(claire).get(LIST).status_code == 404


def test_run_again_from_its_page(owner, paypal):
    notice = make_notice(1, "failed")
    assert "Ask PayPal again" in text_of(owner, f"{LIST}{notice.pk}/")
    answer = owner.post(f"{LIST}{notice.pk}/again/", follow=True).content.decode()
    assert "asked about it again in a moment" in answer
    notice.refresh_from_db()
    assert notice.state == "proven"


def test_what_refuses_it_is_told(owner):
    notice = make_notice(1, "failed")
    assert "PayPal is not connected" in owner.post(f"{LIST}{notice.pk}/again/", follow=True).content.decode()
    used = make_notice(2)
    assert "nothing more to do" in owner.post(f"{LIST}{used.pk}/again/", follow=True).content.decode()


@pytest.mark.parametrize("language", ["fr", "es"])
def test_in_every_language(odile, language):
    odile.language = language
    odile.save()
    make_notice()
    page = text_of(signed_in(odile))
    assert {"fr": "Le paiement est terminé", "es": "El pago se ha completado"}[language] in page


def test_every_outcome_and_state_has_words():
    assert {words.tag_of(state).words for state in State.values} == {
        "not verified", "forged", "waiting", "processed", "nothing to do", "failed",
    }  # fmt: skip
    known = {*Checkout.State.values, "not_ours", "unknown_there", "needs_nothing", "not_understood", "not_connected"}
    assert {code for code in known if "did not answer" in words.outcome_of(OnlineNotice(outcome=code))} == set()


def test_every_thing_that_a_notice_can_name_has_words():
    assert all(words.row(OnlineNotice(about=about, state="used"), None).about for about in get_args(About))
