"""Every address is walked as nobody, stranger, member, holder, agent and owner, and compared with what each may do.

What a view allows is its decorator from `carnet.web.access`; whose rows it shows is tried with the Martins' rows in the
address: the stranger (holder of another customer) must not even learn that they exist.
"""

from typing import Any

import pytest
from django.http import FileResponse
from django.test import Client

from carnet.people.models import Membership
from carnet.tickets.models import Ticket
from tests.addresses import EVERY, filled

# Pages of the library that signs people in: they ask for themselves who may see them (see tests/people).
FOREIGN = ("account_",)
# A public page whose door is the secret in its address: see tests/people/test_accept_invitation.py.
BY_SECRET = {"people:accept_invitation"}
# Who passes which decorator, for pages without somebody's rows in the address.
MAY = {
    "public": {"nobody", "stranger", "member", "holder", "agent", "owner"},
    "signed_in": {"stranger", "member", "holder", "agent", "owner"},
    "customer": {"stranger", "member", "holder"},
    "asker": {"stranger", "member", "holder"},
    "buyer": {"stranger", "holder"},
    "holder": {"stranger", "holder"},
    "team": {"agent", "owner"},
    "owner": {"owner"},
}
# Addresses with rows of the Martins in them: what only the holder, whose ticket it is, may open among the customers.
HOLDERS_ROWS = {"ticket_id", "membership_id", "invitation_id", "lot_number", "reference", "number"}


OURS = [found for found in EVERY if not found[0].startswith(FOREIGN)]


def test_every_view_says_who_may_see_it() -> None:
    unmarked = [name for name, _route, view, _parameters in OURS if getattr(view, "access", None) not in MAY]
    assert unmarked == []


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nobody", "stranger", "member", "holder", "agent", "owner"])
def test_everybody_sees_what_they_may_and_nothing_else(
    who: str, rows: dict[str, Any], browsers: dict[str, Client]
) -> None:
    wrong = []
    for name, route, view, parameters in OURS:
        path = "/" + filled(route, parameters, rows)
        status = visit(browsers[who], path)
        if status >= 500:
            wrong.append(f"{name} {path}: {status}")
        elif not expected_in(view.access, who, parameters) and status not in (302, 404):
            wrong.append(f"{name} {path}: {who} got {status}")
        elif expected_in(view.access, who, parameters) and status in (401, 403) and name not in BY_SECRET:
            wrong.append(f"{name} {path}: {who} was kept out by {status}")
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nobody", "stranger", "member"])
def test_nobody_sends_anything_to_rows_of_others(who: str, rows: dict[str, Any], browsers: dict[str, Client]) -> None:
    """Whatever the form: the stranger's answer is the same as for a number that does not exist."""
    wrong = []
    refused = {"nobody": {302, 405}}.get(who, {404, 405})
    for name, route, view, parameters in OURS:
        if view.access != "public" and HOLDERS_ROWS & set(parameters):
            body = {"key": "0" * 32, "text": "x", "reason": "x", "role": "holder", "score": "5", "allowed": "yes"}
            status = browsers[who].post(f"/{filled(route, parameters, rows)}", body).status_code
            if status not in refused:
                wrong.append(f"{name}: {status}")
    assert wrong == []
    assert (Ticket.objects.get().state, Ticket.objects.get().messages.count()) == ("open", 1)
    assert Membership.objects.filter(role="holder", ended_at=None).count() == 2


def expected_in(access: str, who: str, parameters: list[str]) -> bool:
    """Whether `who` may get past the door of such an address."""
    if who not in MAY[access]:
        return False
    of_the_martins = access in ("customer", "asker", "holder") and HOLDERS_ROWS & set(parameters)
    return not (of_the_martins and who in ("stranger", "member"))


def visit(browser: Client, path: str) -> int:
    """The status of a GET; where only POST is known, that of an empty POST. A way to the sign-in page counts as 302."""
    response = browser.get(path)
    if response.status_code == 405:
        response = browser.post(path)
    if isinstance(response, FileResponse):
        for close in response._resource_closers:  # not response.close(), which would take the test's database away
            close()
    return response.status_code
