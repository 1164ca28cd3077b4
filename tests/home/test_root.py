import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from carnet.audit.actors import system
from carnet.kernel import clock
from carnet.people.models import Person
from demo.year import knowledge

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("", "fr"),
        ("de-DE,de;q=0.9", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("de,es-MX;q=0.5", "es"),
        ("x" * 5000, "fr"),
    ],
)
def test_the_root_leads_to_the_browser_s_language(client: Client, accepts: str, language: str) -> None:
    response = client.get("/", headers={"accept-language": accepts})
    assert (response.status_code, response.headers["Location"]) == (302, f"/{language}/")
    assert "Accept-Language" in response.headers["Vary"]


def test_the_cookie_goes_before_the_browser(client: Client) -> None:
    client.cookies["django_language"] = "es"
    assert client.get("/", headers={"accept-language": "en"}).headers["Location"] == "/es/"


def test_the_person_goes_before_the_cookie(client: Client, claire: Person) -> None:
    claire.language = "en"
    claire.save()
    client.force_login(claire)
    client.cookies["django_language"] = "es"
    assert client.get("/").headers["Location"] == "/en/"


def test_robots_are_kept_out_of_what_is_nobody_else_s(client: Client) -> None:
    response = client.get("/robots.txt")
    lines = response.content.decode().splitlines()
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert {"Disallow: /my/", "Disallow: /desk/", "Disallow: /files/"} < set(lines)
    assert lines[-1] == "Sitemap: http://127.0.0.1:8000/sitemap.xml"


def test_the_sitemap_names_every_public_page_in_each_language(client: Client) -> None:
    knowledge.build(by=system("demo"), at=clock.now())
    answers = sum(len(entries) for _, _, entries in knowledge.SECTIONS)
    response = client.get("/sitemap.xml")
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    urls = ET.fromstring(response.content).findall("s:url", spaces)
    addresses = [url.findtext("s:loc", namespaces=spaces) for url in urls]
    assert response.headers["Content-Type"] == "application/xml"
    assert "http://127.0.0.1:8000/es/faq/sharing/" in addresses
    assert len(addresses) == len(set(addresses)) == 3 * (11 + answers)
    assert {len(url.findall("x:link", spaces)) for url in urls} == {3}
    assert [one for one in addresses if one and client.get(one).status_code != 200] == []


def test_the_icon_is_found_by_its_old_name(client: Client) -> None:
    assert client.get("/favicon.ico").headers["Location"] == "/static/img/favicon.svg"
