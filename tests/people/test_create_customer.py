import pytest

from carnet.audit.models import Entry
from carnet.people import queries
from carnet.people.actions import customers
from carnet.people.models import Customer
from tests.factories.people import BEGAN, TEST, make_person, signed_in

pytestmark = pytest.mark.django_db


def create(person, **more):
    given = {"kind": "company", "name": " Atelier Robledo ", "language": "es", "by": TEST, "at": BEGAN}
    return customers.create_customer(person=person, **{**given, **more})


def test_a_customer_begins_with_a_holder():
    person = make_person("Inès Robledo")
    customer = create(person)
    assert (customer.kind, customer.name, customer.language, customer.created_at) == (
        "company",
        "Atelier Robledo",
        "es",
        BEGAN,
    )
    assert queries.holders_of(customer) == [person]
    [membership] = queries.active_memberships(person)
    assert (membership.customer, membership.role, membership.holder_reads, membership.since_at) == (
        customer,
        "holder",
        False,
        BEGAN,
    )
    assert list(Entry.objects.filter(customer_id=customer.pk).values_list("code", "details")) == [
        ("customer.created", {"kind": "company"}),
        ("member.joined", {"person": person.pk, "role": "holder"}),
    ]


def test_a_household_without_a_name_gets_the_persons():
    assert create(make_person("Noé Petit"), kind="household", name=" ").name == "Noé Petit"


def test_the_same_twice_opens_one():
    person = make_person()
    assert create(person) == create(person)
    assert create(person, name="Another") != create(person)
    assert Customer.objects.count() == 2


# The page

PAGE = "/my/new/"
TYPED = {"kind": "company", "customer_name": "Atelier Robledo"}


def test_who_belongs_nowhere_opens_an_account():
    person = make_person("Inès Robledo", language="es")
    browser = signed_in(person)
    assert browser.get(PAGE).status_code == 200
    assert browser.post(PAGE, TYPED).status_code == 302
    [membership] = queries.active_memberships(person)
    assert (membership.customer.name, membership.customer.language) == ("Atelier Robledo", "es")


def test_a_further_account_is_acted_for_at_once(martins, claire):
    browser = signed_in(claire)
    for _time in range(2):
        browser.post(PAGE, TYPED)
    assert Customer.objects.count() == 2
    assert browser.get("/my/people/").context["membership"].customer.name == "Atelier Robledo"


@pytest.mark.parametrize(
    ("field", "typed"), [("customer_name", ""), ("customer_name", "A" * 100_000), ("kind", "club"), ("kind", "")]
)
def test_what_was_typed_is_kept(field, typed):
    response = signed_in(make_person()).post(PAGE, {**TYPED, field: typed})
    form = response.context["form"]
    assert (response.status_code, list(form.errors), form[field].value()) == (200, [field], typed)
    assert Customer.objects.count() == 0


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.post(PAGE, TYPED).headers["Location"] == "/fr/account/login/?next=/my/new/"
