"""Disputes as the desk reads them: what the service says, what is frozen or cancelled, and what is to be done (O7)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from carnet.invoices.models import Invoice
from carnet.kernel import reading
from carnet.orders.models import Order
from carnet.orders.queries import lists
from carnet.orders.shown import disputes
from carnet.payments.models import Dispute
from carnet.till.shown.disputes import until
from carnet.web import formats
from carnet.web.pictures import Tag


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """One dispute as a row of a table."""

    dispute: Dispute
    order: Order | None
    tag: Tag
    service_number: str  # the payment service's own; a bounced cheque has none
    reason: str  # the payment service's too
    answer_by: str  # until when to answer, or when a bounced cheque can be paid again; empty: nothing waits
    notes: list[str]  # what is held, and what is cancelled
    credit_notes: list[Invoice]


def rows_of(disputes: Iterable[tuple[Dispute, Order | None]]) -> list[DisputeRow]:
    """Disputes, each with its order; one query for any number."""
    found = list(disputes)
    credit_notes = lists.credit_notes_of([one for one, _order in found])
    return [_row_of(one, order, credit_notes[one.pk]) for one, order in found]


def _row_of(dispute: Dispute, order: Order | None, credit_notes: list[Invoice]) -> DisputeRow:
    language = reading.language()
    answer_by = ""
    if dispute.is_open and dispute.answer_by:
        answer_by = until(dispute, language)
    tag = disputes.state_of(dispute.state, dispute.kind)
    number = "" if dispute.is_bounce else dispute.external_id
    reason = "" if dispute.is_bounce else disputes.reason_of(dispute)
    return DisputeRow(dispute, order, tag, number, reason, answer_by, _notes(dispute, language), credit_notes)


def _notes(dispute: Dispute, language: str) -> list[str]:
    held = {"amount": formats.money(dispute.credit_held_cents, language)}
    cancelled = {"amount": formats.money(dispute.cancelled_cents, language)}
    notes = []
    if dispute.credit_held_cents and dispute.is_open:
        notes.append(_("credit on hold: %(amount)s") % held)
    elif dispute.credit_held_cents:
        notes.append(_("credit taken back: %(amount)s") % held)
    if dispute.order_cents and dispute.is_open:
        notes.append(_("unused part frozen"))
    if dispute.cancelled_cents and dispute.is_lost:
        notes.append(_("cancelled: %(amount)s") % cancelled)
    elif dispute.cancelled_cents:
        notes.append(_("cancelled before the dispute was won, may be returned as goodwill: %(amount)s") % cancelled)
    return notes
