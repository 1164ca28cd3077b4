import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from carnet.web.views import public

pytestmark = pytest.mark.urls("tests.web.every_address")
PAGES = {"bad_request": 400, "forbidden": 403, "csrf_failure": 403, "not_found": 404}


def shown(name: str, language: str = "en") -> HttpResponse:
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get("/somewhere/")
    request.user = AnonymousUser()
    request.session = {}  # type: ignore[assignment]
    with translation.override(language):
        return getattr(public, name)(request)


@pytest.mark.parametrize(("name", "status"), list(PAGES.items()))
def test_error_page_says_what_happened_and_what_to_do(db: None, name: str, status: int) -> None:
    response = shown(name)
    assert response.status_code == status
    page = response.content.decode()
    assert '<html lang="en"' in page
    assert page.count("<h1>") == 1
    assert 'class="button"' in page


def test_page_of_our_mistake_needs_no_database() -> None:
    """No `db` here: pytest-django would refuse a query."""
    response = shown("server_error")
    assert response.status_code == 500
    assert "That was our mistake" in response.content.decode()
    assert "Your browser keeps what you typed." in response.content.decode()


def test_csrf_failure_leads_back_to_the_form(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/look/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert 'href="/look/theme/"' in response.content.decode()
