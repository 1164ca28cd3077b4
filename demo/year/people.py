"""The demo's people: all invented, as their addresses at example.org say."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from stdnum import luhn

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


Way = Literal[
    "paid", "patient", "in_parts", "part", "too_much", "twice", "late", "too_late", "given_up", "cancelled", "waiting",
    "paypal", "withdrawn", "bounced", "bounced_lost", "invoiced",
    "unused",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Buy:
    """What was ordered so many months ago, and how it was paid.

    `patient` people use it after the withdrawal period; what is `unused` becomes dormant.
    """

    months_ago: float
    code: str
    way: Way = "paid"


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A household or company; the first of `people` is its holder.

    Goodwill lasts six months, or until `goodwill_ends_in` days from now, which may be past.
    """

    kind: Literal["household", "company"]
    name: str
    language: str
    people: tuple[str, ...]
    buys: tuple[Buy, ...] = ()
    goodwill: int = 0
    goodwill_ends_in: int | None = None


CUSTOMERS = (
    DemoCustomer("household", "Famille Morel", "fr", ("Claire Morel", "Hugo Morel", "Léa Morel"),
                 (Buy(11, "tokens-20"), Buy(2, "tokens-20", "too_much"))),
    DemoCustomer("company", "Garage Lenoir", "fr", ("Paul Lenoir", "Karim Benali"),
                 (Buy(12, "tokens-50"), Buy(0.2, "hours-10", "waiting")), goodwill=1),
    DemoCustomer("company", "Brightside Ltd", "en", ("Amy Whitlock", "Joel Park", "Priya Nair"),
                 (Buy(9, "tokens-50"), Buy(6, "hours-10"))),
    DemoCustomer("household", "Familia Ortega", "es", ("Lucía Ortega", "Mateo Ortega"),
                 goodwill=2, goodwill_ends_in=12),
    DemoCustomer("company", "Cabinet Duval", "fr", ("Jean Duval", "Sophie Marchal", "Émile Roy"),
                 (Buy(10, "tokens-20"), Buy(7, "hours-5"), Buy(3, "tokens-20"))),
    DemoCustomer("household", "Famille Petit", "fr", ("Nora Petit",),
                 (Buy(10, "tokens-5"), Buy(2, "tokens-5", "paypal"))),
    DemoCustomer("household", "Colette Besson", "fr", ("Colette Besson",),
                 (Buy(11, "tokens-1"), Buy(5, "tokens-1", "given_up")), goodwill=3, goodwill_ends_in=-20),
    DemoCustomer("company", "Fleurs du Canal", "fr", ("Manon Leroux", "Adèle Picard"),
                 (Buy(11, "tokens-5"), Buy(4, "tokens-20", "late"))),
    DemoCustomer("household", "The Hartley family", "en", ("Grace Hartley", "Oliver Hartley"),
                 (Buy(9, "tokens-20", "patient"),)),
    DemoCustomer("company", "Taller Ibáñez", "es", ("Rosa Ibáñez", "Pau Ferrer"),
                 (Buy(8, "tokens-20"), Buy(5, "hours-5", "in_parts"))),
    DemoCustomer("household", "Famille Nguyen", "fr", ("Minh Nguyen", "Camille Nguyen"),
                 (Buy(9, "tokens-5", "paypal"),)),
    DemoCustomer("company", "Menuiserie Aubert", "fr", ("Gilles Aubert",), (Buy(10, "tokens-20", "in_parts"),)),
    DemoCustomer("household", "Bernard Lacroix", "fr", ("Bernard Lacroix",), (Buy(3, "tokens-5", "bounced_lost"),)),
    DemoCustomer("company", "Librairie du Pont", "fr", ("Hélène Garnier", "Youssef Amrani"), (Buy(9, "tokens-20"),)),
    DemoCustomer("household", "Familia Domínguez", "es", ("Elena Domínguez", "Iván Domínguez"),
                 (Buy(6, "tokens-20", "twice"), Buy(2, "tokens-5"))),
    DemoCustomer("household", "Famille Rousseau", "fr", ("Alice Rousseau", "Victor Rousseau"),
                 (Buy(8, "tokens-5"), Buy(1, "tokens-5"))),
    DemoCustomer("company", "Oakfield Studio", "en", ("Daniel Oakfield", "Mia Sorensen"),
                 (Buy(11, "tokens-20"), Buy(4, "hours-5"), Buy(0.8, "tokens-20", "invoiced"))),
    DemoCustomer("household", "Thérèse Vidal", "fr", ("Thérèse Vidal",), (Buy(2.2, "hours-2", "too_late"),),
                 goodwill=2),
    DemoCustomer("company", "Boulangerie Simon", "fr", ("Luc Simon", "Anaïs Simon"),
                 (Buy(9, "tokens-5"), Buy(3, "tokens-20", "in_parts"))),
    DemoCustomer("household", "Famille Girard", "fr", ("Pauline Girard",), (Buy(0.3, "tokens-5", "part"),)),
    DemoCustomer("company", "Atelier Mirabel", "fr", ("Chloé Mirabel", "Noé Tessier"),
                 (Buy(9, "tokens-5"), Buy(4, "tokens-20"))),
    DemoCustomer("household", "Famille Koné", "fr", ("Awa Koné", "Issa Koné", "Fanta Koné"),
                 (Buy(7, "tokens-20", "paypal"),)),
    DemoCustomer("company", "Clínica Solana", "es", ("Teresa Solana", "Andrés Rueda"), (Buy(6, "tokens-20"),)),
    DemoCustomer("household", "Robert Delmas", "fr", ("Robert Delmas",),
                 (Buy(9, "tokens-5", "unused"), Buy(6, "tokens-1", "given_up"), Buy(2.5, "tokens-5", "cancelled"))),
    DemoCustomer("household", "The Finch household", "en", ("Harriet Finch",), (Buy(4, "tokens-5", "bounced"),)),
    DemoCustomer("company", "Transports Meyer", "fr", ("Brigitte Meyer", "Loïc Weber"),
                 (Buy(10, "tokens-20"), Buy(8, "hours-10"))),
    DemoCustomer("household", "Famille Perrot", "fr", ("Damien Perrot", "Julie Perrot"),
                 (Buy(1.5, "tokens-20", "withdrawn"),)),
    DemoCustomer("company", "Pharmacie des Halles", "fr", ("Nadia Roche", "Marc Olivier"),
                 (Buy(5, "tokens-50"), Buy(4, "hours-10"))),
    DemoCustomer("household", "Familia Navarro", "es", ("Carmen Navarro",), (Buy(4, "tokens-1", "paypal"),)),
    DemoCustomer("household", "Famille Lambert", "fr", ("Sylvie Lambert", "Théo Lambert"),
                 (Buy(8, "tokens-5"), Buy(1, "tokens-5", "patient"))),
)  # fmt: skip

# A company elsewhere in the Union: street, postcode, town, country, and a VAT number that the demo’s VIES knows.
ABROAD = {"Clínica Solana": ("Calle Mayor 4", "28013", "Madrid", "ES", "ESB61238945")}
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


def invented_siren(number: int) -> str:
    """A SIREN that passes its check digit, and that nobody has: it begins with zeros."""
    return f"{number:08}{luhn.calc_check_digit(f'{number:08}')}"


def address_of(name: str) -> str:
    """The invented e-mail address of a demo person: `claire.morel@example.org`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return plain.replace(" ", ".") + "@example.org"
