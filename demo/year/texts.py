"""The demo's legal texts in `legal/`, filled with the company's data; published as versions, word for word.

They follow French law as its makers understood it; an operator has the wording checked before going live.
"""

import datetime
from pathlib import Path
from string import Template

from carnet.audit.actors import Actor
from carnet.kernel.fields import LANGUAGES
from carnet.provider import actions as provider
from carnet.provider import queries
from carnet.provider.models import Company

FOLDER = Path(__file__).with_name("legal")
KINDS = ("terms", "privacy", "withdrawal", "ending", "accessibility")
VAT_CHARGED = {
    "fr": "Les prix sont indiqués toutes taxes comprises ; les entreprises peuvent aussi les voir hors taxes.",
    "en": "Prices are shown including VAT; companies can also see them excluding VAT.",
    "es": "Los precios se indican con IVA; las empresas también pueden verlos sin IVA.",
}
VAT_NOT_CHARGED = {
    "fr": "TVA non applicable, art. 293 B du CGI.",
    "en": "No VAT is charged (art. 293 B of the French tax code).",
    "es": "IVA no aplicable (art. 293 B del código fiscal francés).",
}


def build(*, by: Actor, at: datetime.datetime) -> None:
    """Publish the first version of each text, with the company's data as they stand."""
    company = queries.company()
    for kind in KINDS:
        texts = {language: _filled(kind, language, company) for language in LANGUAGES}
        provider.publish_text(kind=kind, texts=texts, by=by, at=at)


def _filled(kind: str, language: str, company: Company) -> str:
    vat = VAT_CHARGED if company.is_vat_charged else VAT_NOT_CHARGED
    return Template((FOLDER / f"{kind}.{language}.md").read_text("utf-8")).substitute(
        company=company.name_with_form,
        address=", ".join(company.address_lines),
        registry=company.registry,
        siren=company.siren,
        email=company.email,
        phone=company.phone,
        privacy_email=company.address_for_privacy,
        mediator=company.mediator_name,
        mediator_address=company.mediator_address,
        mediator_url=company.mediator_url,
        host=", ".join(part for part in (company.host_name, company.host_address) if part),
        order_days=queries.setting("order_days"),
        bounced_days=queries.setting("bounced_days"),
        vat=vat[language],
    )
