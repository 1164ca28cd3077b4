"""The demo's people: all invented, as their addresses at example.org say."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

PASSWORD = "carnet-de-demo"  # shown on the demo's sign-in page; the demo's accounts open nothing else


@dataclass(frozen=True, slots=True)
class TeamMember:
    email: str
    name: str
    staff: Literal["agent", "owner"]
    language: str


TEAM = (
    TeamMember("odile@example.org", "Odile Ferrand", "owner", "fr"),
    TeamMember("samir@example.org", "Samir Haddad", "agent", "fr"),
    TeamMember("ines@example.org", "Inès Caron", "agent", "fr"),
    TeamMember("tom@example.org", "Tom Ashdown", "agent", "en"),
    TeamMember("marisol@example.org", "Marisol Vega", "agent", "es"),
)


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A household or company; the first of `people` is its holder.

    Goodwill lasts six months, or until `goodwill_ends_in` days from now, which may be past.
    """

    kind: Literal["household", "company"]
    name: str
    language: str
    people: tuple[str, ...]
    packs: tuple[tuple[int, int], ...] = ()  # (months ago, tokens)
    hours: tuple[tuple[int, int], ...] = ()  # (months ago, hours)
    goodwill: int = 0
    goodwill_ends_in: int | None = None


CUSTOMERS = (
    DemoCustomer("household", "Famille Morel", "fr", ("Claire Morel", "Hugo Morel", "Léa Morel"), ((4, 20),)),
    DemoCustomer("company", "Garage Lenoir", "fr", ("Paul Lenoir", "Karim Benali"), ((4, 50),), goodwill=1),
    DemoCustomer(
        "company", "Brightside Ltd", "en", ("Amy Whitlock", "Joel Park", "Priya Nair"), ((3, 50),), ((2, 10),)
    ),
    DemoCustomer(
        "household", "Familia Ortega", "es", ("Lucía Ortega", "Mateo Ortega"), goodwill=2, goodwill_ends_in=12
    ),
    DemoCustomer(
        "company", "Cabinet Duval", "fr", ("Jean Duval", "Sophie Marchal", "Émile Roy"), ((4, 20), (1, 20)), ((3, 5),)
    ),
    DemoCustomer("household", "Famille Petit", "fr", ("Nora Petit",), ((3, 5),)),
    DemoCustomer("household", "Colette Besson", "fr", ("Colette Besson",), ((4, 1),), goodwill=3, goodwill_ends_in=-20),
    DemoCustomer("company", "Fleurs du Canal", "fr", ("Manon Leroux", "Adèle Picard"), ((4, 5), (2, 20))),
    DemoCustomer("household", "The Hartley family", "en", ("Grace Hartley", "Oliver Hartley"), ((4, 20),)),
    DemoCustomer("company", "Taller Ibáñez", "es", ("Rosa Ibáñez", "Pau Ferrer"), ((3, 20),), ((2, 5),)),
    DemoCustomer("household", "Famille Nguyen", "fr", ("Minh Nguyen", "Camille Nguyen"), ((2, 5),)),
    DemoCustomer("company", "Menuiserie Aubert", "fr", ("Gilles Aubert",), ((4, 20),)),
    DemoCustomer("household", "Bernard Lacroix", "fr", ("Bernard Lacroix",)),
    DemoCustomer("company", "Librairie du Pont", "fr", ("Hélène Garnier", "Youssef Amrani"), ((3, 20),)),
    DemoCustomer("household", "Familia Domínguez", "es", ("Elena Domínguez", "Iván Domínguez"), ((2, 20),)),
    DemoCustomer("household", "Famille Rousseau", "fr", ("Alice Rousseau", "Victor Rousseau"), ((1, 5),)),
    DemoCustomer("company", "Oakfield Studio", "en", ("Daniel Oakfield", "Mia Sorensen"), ((4, 20),), ((1, 5),)),
    DemoCustomer("household", "Thérèse Vidal", "fr", ("Thérèse Vidal",), goodwill=2),
    DemoCustomer("company", "Boulangerie Simon", "fr", ("Luc Simon", "Anaïs Simon"), ((2, 5),)),
    DemoCustomer("household", "Famille Girard", "fr", ("Pauline Girard",)),
    DemoCustomer("company", "Atelier Mirabel", "fr", ("Chloé Mirabel", "Noé Tessier"), ((3, 5), (1, 20))),
    DemoCustomer("household", "Famille Koné", "fr", ("Awa Koné", "Issa Koné", "Fanta Koné"), ((3, 20),)),
    DemoCustomer("company", "Clínica Solana", "es", ("Teresa Solana", "Andrés Rueda"), ((2, 20),)),
    DemoCustomer("household", "Robert Delmas", "fr", ("Robert Delmas",)),
    DemoCustomer("household", "The Finch household", "en", ("Harriet Finch",)),
    DemoCustomer("company", "Transports Meyer", "fr", ("Brigitte Meyer", "Loïc Weber"), ((4, 20),), ((3, 10),)),
    DemoCustomer("household", "Famille Perrot", "fr", ("Damien Perrot", "Julie Perrot")),
    DemoCustomer("company", "Pharmacie des Halles", "fr", ("Nadia Roche", "Marc Olivier"), ((1, 50),), ((1, 10),)),
    DemoCustomer("household", "Familia Navarro", "es", ("Carmen Navarro",)),
    DemoCustomer("household", "Famille Lambert", "fr", ("Sylvie Lambert", "Théo Lambert"), ((1, 5),)),
)

# They join as something else than members, or let their holders read their tickets (P2).
BUYERS = {"Marc Olivier"}
LET_HOLDERS_READ = {"Léa Morel", "Priya Nair", "Oliver Hartley", "Théo Lambert"}
# Who left, how many days ago (P3); and who was invited and has not answered: by whom, how many days ago.
REMOVED = {"Youssef Amrani": 12}
INVITED = (("Claire Morel", "zoe.morel@example.org", 2), ("Nora Petit", "ugo.petit@example.org", 9))
# They ask their first question today.
NEWCOMERS = (
    DemoCustomer("household", "Simone Ritter", "fr", ("Simone Ritter",)),
    DemoCustomer("company", "Studio Marchetti", "en", ("Dario Marchetti",)),
)


def address_of(name: str) -> str:
    """The invented e-mail address of a demo person: `claire.morel@example.org`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return plain.replace(" ", ".") + "@example.org"
