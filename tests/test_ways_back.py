"""The ways back after sign-in: an address that only takes forms leads to the page on which its form stands."""

from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from carnet.people.models import Person
from tests.addresses import EVERY, filled
from tests.factories.people import signed_in
from tests.factories.tickets import in_english, make_ticket

pytestmark = pytest.mark.django_db
SIGN_IN = "/fr/account/login/"


def test_case_B2_every_address_that_only_takes_forms_leads_to_its_page(
    rows: dict[str, Any], browsers: dict[str, Client]
) -> None:
    led = {}
    for name, route, view, parameters in EVERY:
        if parameters == ["file_id"] or hasattr(view, "for_machines"):  # a file, or a program's door: no page
            continue
        path = "/" + filled(route, parameters, rows)
        who = "holder" if getattr(view, "access", "public") in ("customer", "holder", "asker", "buyer") else "owner"
        first = browsers[who].get(path)
        assert first.status_code != 405, name
        if "Allow" in first.headers:
            led[name] = first["Location"]
            page = browsers[who].get(first["Location"], follow=True)
            assert page.status_code == 200, f"{name} leads to {first['Location']}: {page.status_code}"
    assert len(led) > 25
    ticket, contact = rows["ticket_id"], rows["message_id"]
    assert led["my:tickets:write_message"] == f"/my/tickets/{ticket}/"
    assert led["desk:tickets:answer_ticket"] == f"/desk/tickets/{ticket}/"
    assert led["desk:tickets:clear_contact_message"] == f"/desk/contact/{contact}/"
    assert led["desk:office:retry_mail"] == "/desk/mails/"
    assert led["my:people:withdraw_invitation"] == "/my/people/"


def test_case_B2_who_lost_the_session_comes_back_to_the_form(claire: Person) -> None:
    ticket = make_ticket(claire)
    path = f"/my/tickets/{ticket.pk}/message/"
    lost = Client().post(path, {"key": "0" * 32, "text": "A long answer"})
    assert lost["Location"] == f"{SIGN_IN}?next={path}"
    assert "sent_form" not in lost.cookies  # so that the browser keeps the draft
    back = signed_in(claire).get(path, follow=True)
    assert back.redirect_chain == [(f"/my/tickets/{ticket.pk}/", 302)]
    assert 'data-keep="' in back.content.decode()
    assert ticket.messages.count() == 1


def test_case_B2_other_methods_get_a_page_of_ours(claire: Person) -> None:
    answer = in_english(claire).delete("/my/tickets/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert "This can’t be done at this address" in answer.content.decode()
    assert resolve("/my/").func is not None
