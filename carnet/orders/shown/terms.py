"""What an order agreed to, as a document that its customer keeps (CC L221-13, L221-5): the terms, and for a consumer
the conditions of withdrawal with the model form.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from carnet.documents import typesetting
from carnet.kernel import calendar, markdown_blocks
from carnet.orders.models import Order
from carnet.provider import queries as provider
from carnet.provider.models import TextVersion
from carnet.web import formats

TEMPLATE = Path(__file__).parents[1] / "templates" / "orders" / "documents" / "terms.typ"


def withdrawal_of(order: Order) -> TextVersion | None:
    """The conditions of withdrawal that were in force when a consumer ordered; None for a business."""
    if order.withdrawal_last_day is None:
        return None
    versions = TextVersion.objects.filter(kind=TextVersion.Kind.WITHDRAWAL, published_at__lte=order.placed_at)
    return versions.order_by("-version").first()


def document_key(terms: TextVersion, withdrawal: TextVersion | None, language: str) -> str:
    """Which document it is: the same versions in the same language are the same."""
    return f"terms-{terms.version}-withdrawal-{withdrawal.version if withdrawal else 0}-{language}"


def file_name(terms: TextVersion, language: str) -> str:
    """What the file is called in the mail."""
    with translation.override(language):
        return _("terms-%(version)s.pdf") % {"version": terms.version}


def pdf_of(terms: TextVersion, withdrawal: TextVersion | None, language: str) -> bytes:
    """The document, the same every time: it is dated by its newest version."""
    versions = [terms, *([withdrawal] if withdrawal else [])]
    day = max(calendar.date_on(one.published_at, provider.time_zone()) for one in versions)
    with translation.override(language):
        titles = [_("Terms of sale"), _("Right to withdraw, and model form")]
        parts = [_part(title, one, language) for title, one in zip(titles, versions, strict=False)]
        data = {
            "language": language,
            "provider": provider.company().trade_name,
            "title": titles[0],
            "day": [day.year, day.month, day.day],
            "pages": "1/1",
            "parts": parts,
        }
    return typesetting.pdf(TEMPLATE, data)


def _part(title: str, version: TextVersion, language: str) -> dict[str, Any]:
    text = formats.typography(version.texts.in_language(language), language)
    since = formats.day(calendar.date_on(version.published_at, provider.time_zone()), language)
    return {
        "title": title,
        "version": _("Version %(version)s, in force since %(date)s") % {"version": version.version, "date": since},
        "blocks": markdown_blocks.blocks(text, site_url=settings.SITE_URL),
    }
