"""What the demo sells."""

import datetime
from dataclasses import dataclass, replace

from carnet.audit.actors import Actor
from carnet.catalogue import actions as catalogue
from carnet.catalogue.models import Offer
from carnet.catalogue.rules import Contents

VAT_PERMILLE = 200
Words = dict[str, str]


@dataclass(frozen=True, slots=True)
class DemoOffer:
    """One offer with its first edition."""

    code: str
    kind: str
    name: Words
    summary: Words
    includes: Words
    price_cents: int
    quantity: int | None = None
    validity_months: int | None = None
    shared: bool = False


PACK_OF_TOKENS: Words = {
    "fr": """Un sujet par ticket, jusqu’à 30 minutes de travail.
        Le ticket est réservé quand vous posez votre question ; il n’est utilisé qu’à la fermeture.
        Aucun deuxième ticket sans votre accord.
        Si la même panne revient, nous la réparons sans rien compter.""",
    "en": """One subject per ticket, up to 30 minutes of work.
        The ticket is reserved when you ask, and used only when your question is closed.
        Never a second ticket without your consent.
        If the same fault comes back, we fix it free of charge.""",
    "es": """Un asunto por ticket, hasta 30 minutos de trabajo.
        El ticket se reserva al enviar su consulta y solo se usa al cerrarla.
        Nunca un segundo ticket sin su consentimiento.
        Si la avería se repite, la reparamos gratis.""",
}
PACK_OF_HOURS: Words = {
    "fr": """Les 30 premières minutes du forfait sont indivisibles, le reste est décompté à la minute.
        Autant de sujets que vous voulez.
        Une limite par question : au-delà, nous vous demandons votre accord.
        Si la même panne revient, nous la réparons sans rien compter.""",
    "en": """The first 30 minutes of the pack are charged in full, the rest by the minute.
        As many subjects as you like.
        A limit for each question: beyond it, we ask you first.
        If the same fault comes back, we fix it free of charge.""",
    "es": """Los primeros 30 minutos del bono se cuentan completos; el resto, al minuto.
        Tantos asuntos como quiera.
        Un límite por consulta: para pasar de ahí le pedimos su consentimiento.
        Si la avería se repite, la reparamos gratis.""",
}

OFFERS = (
    DemoOffer(
        "trial",
        "trial",
        {"fr": "15 minutes offertes", "en": "15 free minutes", "es": "15 minutos gratuitos"},
        {
            "fr": "Posez une première question, nous y travaillons un quart d’heure. Sans carte ni engagement ; "
            "si cela suffit, tant mieux.",
            "en": "Ask a first question and we work on it for a quarter of an hour. No card, no commitment; if that is "
            "enough, all the better.",
            "es": "Haga una primera consulta y trabajamos en ella un cuarto de hora. Sin tarjeta ni compromiso; "
            "si con eso basta, mejor.",
        },
        {
            "fr": """Une fois par foyer ou entreprise.
                Vous voyez chaque minute travaillée.
                À la fin des 15 minutes, le compteur s’arrête : vous ne devez rien.""",
            "en": """Once for each household or company.
                You see every minute worked.
                When the 15 minutes are over, the clock stops: you owe nothing.""",
            "es": """Una vez por hogar o empresa.
                Usted ve cada minuto trabajado.
                Al acabar los 15 minutos, el cronómetro se detiene: no debe nada.""",
        },
        0,
        quantity=15,
    ),
    DemoOffer(
        "subscription",
        "subscription",
        {"fr": "Abonnement", "en": "Subscription", "es": "Suscripción"},
        {
            "fr": "Autant de questions et de personnes que vous voulez, sans compter. Vous partez quand vous voulez.",
            "en": "As many questions and people as you like. Leave whenever you like.",
            "es": "Tantas consultas y personas como quiera, sin límite. Puede dejarla cuando quiera.",
        },
        {
            "fr": """Toutes vos questions, sans limite de nombre ni de minutes.
                Toutes les personnes que vous invitez : famille, collègues, où qu’elles soient.
                Un premier appel, si vous le souhaitez, pour faire connaissance avec votre matériel.
                Le premier mois est calculé au prorata des jours restants.
                Sans durée d’engagement : résiliation en quelques clics, pour la fin du mois.""",
            "en": """Unlimited questions and minutes.
                Everyone you invite: family or colleagues, wherever they are.
                A first call, if you like, to get to know your equipment.
                The first month is charged per day.
                No minimum term: end it in a few clicks, from the end of the month.""",
            "es": """Todas sus consultas, sin límite de número ni de minutos.
                Todas las personas que invite: familia, compañeros, estén donde estén.
                Una primera llamada, si lo desea, para conocer su equipo.
                El primer mes se cobra en proporción a los días.
                Sin permanencia: se rescinde en unos clics, con efecto a fin de mes.""",
        },
        29_00,
        shared=True,
    ),
    DemoOffer(
        "tokens-1",
        "tokens",
        {"fr": "1 ticket", "en": "1 ticket", "es": "1 ticket"},
        {
            "fr": "Pour une question de temps en temps.",
            "en": "For an occasional question.",
            "es": "Para una consulta de vez en cuando.",
        },
        PACK_OF_TOKENS,
        15_00,
        quantity=1,
        validity_months=6,
    ),
    DemoOffer(
        "tokens-5",
        "tokens",
        {"fr": "Carnet de 5", "en": "Carnet of 5", "es": "Talonario de 5"},
        {
            "fr": "Pour être tranquille quelques mois.",
            "en": "Peace of mind for a few months.",
            "es": "Para unos meses de tranquilidad.",
        },
        PACK_OF_TOKENS,
        70_00,
        quantity=5,
        validity_months=6,
    ),
    DemoOffer(
        "tokens-20",
        "tokens",
        {"fr": "Carnet de 20", "en": "Carnet of 20", "es": "Talonario de 20"},
        {
            "fr": "Pour toute la famille, ou une petite équipe.",
            "en": "For the whole family, or a small team.",
            "es": "Para toda la familia, o un equipo pequeño.",
        },
        PACK_OF_TOKENS,
        240_00,
        quantity=20,
        validity_months=12,
        shared=True,
    ),
    DemoOffer(
        "tokens-50",
        "tokens",
        {"fr": "Carnet de 50", "en": "Carnet of 50", "es": "Talonario de 50"},
        {
            "fr": "Pour un bureau, une association, un cabinet.",
            "en": "For an office, a club, a practice.",
            "es": "Para una oficina, una asociación, un despacho.",
        },
        PACK_OF_TOKENS,
        550_00,
        quantity=50,
        validity_months=12,
        shared=True,
    ),
    DemoOffer(
        "hours-2",
        "hours",
        {"fr": "2 heures", "en": "2 hours", "es": "2 horas"},
        {
            "fr": "Pour changer d’ordinateur sans rien perdre.",
            "en": "For moving to a new computer without losing anything.",
            "es": "Para cambiar de ordenador sin perder nada.",
        },
        PACK_OF_HOURS,
        110_00,
        quantity=120,
        validity_months=12,
    ),
    DemoOffer(
        "hours-5",
        "hours",
        {"fr": "5 heures", "en": "5 hours", "es": "5 horas"},
        {
            "fr": "Pour remettre en ordre tout un foyer.",
            "en": "For sorting out a whole household’s devices.",
            "es": "Para poner a punto los aparatos de todo un hogar.",
        },
        PACK_OF_HOURS,
        260_00,
        quantity=300,
        validity_months=12,
        shared=True,
    ),
    DemoOffer(
        "hours-10",
        "hours",
        {"fr": "10 heures", "en": "10 hours", "es": "10 horas"},
        {
            "fr": "Pour accompagner une petite entreprise.",
            "en": "For supporting a small company.",
            "es": "Para dar asistencia a una pequeña empresa.",
        },
        PACK_OF_HOURS,
        490_00,
        quantity=600,
        validity_months=12,
        shared=True,
    ),
)


# Two hours were cheaper until some weeks ago; who had ordered them before and paid too late has to choose (O3).
RAISED = next(offer for offer in OFFERS if offer.code == "hours-2")
RAISED_MONTHS_AGO = 1.5
FORMER_PRICE_CENTS = 105_00


def build(*, by: Actor, at: datetime.datetime, is_before_raise: bool = False) -> None:
    """Put the demo's offers on sale: the trial, the subscription, four packs of tickets and three of hours."""
    for position, offer in enumerate(OFFERS, start=1):
        catalogue.describe_offer(
            code=offer.code,
            kind=offer.kind,
            position=position,
            name=offer.name,
            summary=offer.summary,
            includes={language: _lines(text) for language, text in offer.includes.items()},
            by=by,
            at=at,
        )
        was_cheaper = is_before_raise and offer is RAISED
        publish(replace(offer, price_cents=FORMER_PRICE_CENTS) if was_cheaper else offer, by=by, at=at)


def publish(offer: DemoOffer, *, by: Actor, at: datetime.datetime) -> None:
    """Put an edition of it on sale."""
    catalogue.publish_edition(
        offer=Offer.objects.get(code=offer.code),
        contents=Contents(offer.quantity, offer.validity_months, offer.shared),
        price_cents=offer.price_cents,
        vat_permille=VAT_PERMILLE,
        by=by,
        at=at,
    )


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines())
