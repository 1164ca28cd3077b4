"""Every search of the desk finds names without minding case and accents, however they were typed (case A4), and by
whatever part of a name, address, number or reference somebody has at hand (case C12).
"""

from collections.abc import Callable

import pytest

from carnet.home.queries import customer_search
from carnet.orders.queries import lists
from carnet.orders.rules import Buyer
from carnet.people.models import Customer, Person
from carnet.tickets.models import Message, Ticket
from carnet.tickets.queries import contact as contact_queries
from carnet.tickets.queries import queue
from tests.factories.catalogue import put_on_sale
from tests.factories.orders import open_shop, pay, place
from tests.factories.people import invited, make_customer, make_person
from tests.factories.tickets import answer, contact_message, in_english, make_ticket, moment

pytestmark = pytest.mark.django_db
STORED = "Andre\u0301a Żółć"
SEARCHES: dict[str, Callable[[str], int]] = {
    "tickets": lambda words: len(queue.search(words)),
    "customers": lambda words: customer_search.customers_found(words).count(),
    "orders": lambda words: lists.orders_found(words=words, only_open=False).count(),
    "invoices": lambda words: lists.invoices_found(words).count(),
    "payments": lambda words: lists.payments_found(words).count(),
    "contact": lambda words: contact_queries.contact_messages(words=words).count(),
}


@pytest.fixture
def andrea(db) -> Customer:
    """Has one of everything, under a name that was typed on a Mac."""
    person = make_person("Andréa", email="andrea@example.org")
    customer = make_customer(person, "Andréa Żółć")
    Customer.objects.filter(pk=customer.pk).update(name=STORED)
    open_shop()
    order = place(person, put_on_sale(at=moment(0)), at=moment(0))
    pay(order, order.price_cents, at=moment(0))
    make_ticket(person, means="none")
    return customer


@pytest.mark.parametrize("search", [name for name in SEARCHES if name != "contact"])
def test_case_A4_searches_fold_case_and_accents(search: str, andrea: Customer) -> None:
    for words in ("Andréa", "andrea", "ANDRÉA", "Andre\u0301a", "zolc", "żółć", "Żółć", "ea Zo"):
        assert SEARCHES[search](words) == 1, words
    assert SEARCHES[search]("Andreas") == 0


PARTS = {
    "tickets": ["la morel", "MOREL", "claire.morel", "morel@ex", "EXAMPLE.org", "06 12 34", "0612345678",
                "famille", "foyer", "impri", "DÉCHIRÉ", "dechire le papier", "500 €", "vieille note",
                "#{ticket}", "{ticket}"],
    "customers": ["famille", "claire.morel", "06 12 34 56 78", "rue de l'église", "EGLISE", "Nancy", "54000",
                  "55210", "VAT", "{reference}", "{reference_part}", "{grouped}", "{invoice}", "{invoice_part}",
                  "000123456", "{ticket}", "#{ticket}", "invited@", "grand-mere", "buyer@example.org", "Rue du Port"],
    "orders": ["{reference}", "{reference_part}", "{grouped}", "{invoice}", "{invoice_part}", "claire.morel", "famille",
               "000123456", "grand-mère", "grand-mere", "buyer@example", "rue du port", "Brest"],
    "invoices": ["{reference}", "{grouped}", "{invoice}", "{invoice_part}", "claire.morel", "famille", "grand-mere",
                 "buyer@example", "000123456"],
    "payments": ["{reference}", "{grouped}", "{invoice}", "claire.morel", "famille", "grand-mere", "0001 23456",
                 "Banque", "au guichet", "buyer@example"],
    "contact": ["LEA", "léa", "dubois@", "example.org", "imprimante", "plus d'encre", "ENCRE"],
}  # fmt: skip


@pytest.fixture
def known(db, awa) -> dict[str, str]:
    """What is known of one customer: numbers, by name."""
    person = make_person("Claire-Camila Morel", email="claire.morel@example.org")
    Person.objects.filter(pk=person.pk).update(phone="+33 6 12 34 56 78")
    customer = make_customer(person, "Famille du Foyer")
    Customer.objects.filter(pk=customer.pk).update(
        street="4 rue de l'Église", postcode="54000", city="Nancy", siren="552100554", vat_number="FR40VAT303265045"
    )
    invited(customer, "invited@example.org")
    open_shop()
    who = Buyer("Camille G.", "buyer@example.org", street="1 rue du Port", city="Brest")
    order = place(person, put_on_sale(at=moment(0)), at=moment(0), buyer=who)
    pay(order, at=moment(0), means="cheque", payer="Sa grand-mère", bank="La Banque", document_number="000123456789",
        note="Remis au guichet")  # fmt: skip
    other = make_person("Autre", email="other@example.net")
    for _ in range(12):
        ticket = make_ticket(person, means="none", subject="L'imprimante", text="Elle a déchiré le papier de 500 €.")
    answer(ticket, awa, at=moment(5), text="Une vieille note")
    Ticket.objects.exclude(pk=ticket.pk).update(subject="Autre")
    Message.objects.exclude(ticket=ticket).update(text="Autre")
    Ticket.objects.exclude(pk=ticket.pk).update(customer=make_customer(other, "Autre"), asked_by=other)
    contact_message("lea.dubois@example.org", name="Léa", subject="Imprimante", text="Il n'y a plus d'encre.")
    order.refresh_from_db()
    number = order.settlement.invoice.number
    return {
        "ticket": str(ticket.pk),
        "reference": order.reference.lower(),
        "reference_part": order.reference[4:9],
        "grouped": order.reference_shown,
        "invoice": number.lower(),
        "invoice_part": number[3:],
    }


@pytest.mark.parametrize("search", PARTS)
def test_case_C12_searches_find_by_any_part_of_what_is_known(search: str, known: dict[str, str]) -> None:
    lost = []
    for part in PARTS[search]:
        words = part.format(**known)
        if SEARCHES[search](words) != 1:
            lost.append(words)
    assert lost == []
    assert SEARCHES[search]("nothing of all this") == 0


@pytest.mark.parametrize("search", ["orders", "invoices", "payments"])
def test_case_C12_amounts_are_found_as_the_field_says(search: str, andrea: Customer) -> None:
    for words in ("240", "240,00", "240.00 €"):
        assert SEARCHES[search](words) == 1, words
    assert SEARCHES[search]("241") == 0


@pytest.mark.parametrize("page", ["orders", "invoices", "payments"])
def test_case_C12_who_finds_nothing_is_advised(page: str, andrea: Customer, odile: Person) -> None:
    shown = in_english(odile).get(f"/desk/{page}/", {"q": "nothing of all this", "all": "on"}).content.decode()
    assert "Try a part of the reference" in shown
