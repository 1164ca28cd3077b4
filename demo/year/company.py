"""The demo's provider: an invented company with invented numbers that pass their check digits."""

import datetime

from carnet.audit.actors import Actor
from carnet.provider import actions as provider
from carnet.schedule import actions as schedule

COMPANY = {
    "trade_name": "Assistance Exemple",
    "legal_name": "Assistance Exemple SARL",
    "legal_form": "SARL",
    "capital_cents": 500_000,
    "street": "12 rue de l’Exemple",
    "postcode": "67000",
    "city": "Strasbourg",
    "country": "FR",
    "siren": "123456782",
    "siret": "12345678200002",
    "registry": "RCS Strasbourg",
    "vat_number": "FR11123456782",
    "phone": "+33 1 99 00 12 34",
    "email": "bonjour@example.org",
    "publication_director": "Odile Ferrand",
    "host_name": "Assistance Exemple SARL",
    "host_address": "12 rue de l’Exemple, 67000 Strasbourg",
    "host_phone": "+33 1 99 00 12 34",
    "mediator_name": "Médiation Exemple",
    "mediator_address": "1 place du Modèle, 75000 Paris",
    "mediator_url": "https://mediation.example.org",
    "account_holder": "ASSISTANCE EXEMPLE SARL",
    "iban": "FR7630006000011234567890189",
    "bic": "AGRIFRPP",
}
MORNING = (datetime.time(9), datetime.time(12, 30))
# In Alsace Good Friday and 26 December are public holidays too.
HOLIDAYS_OF = "FR-6AE"
AFTERNOON = (datetime.time(13, 30), datetime.time(18, 30))
WEEKLY = [[MORNING, AFTERNOON]] * 5 + [[(datetime.time(9), datetime.time(12))], []]


def build(*, by: Actor, at: datetime.datetime) -> None:
    """Set up the company and publish its opening hours: Monday to Friday, and Saturday morning."""
    provider.set_up_company(fields=COMPANY, by=by, at=at)
    provider.change_setting(name="holidays_of", value=HOLIDAYS_OF, by=by, at=at)
    schedule.publish_hours(weekly=WEEKLY, by=by, at=at)
