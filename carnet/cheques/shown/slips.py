"""The deposit slip («bordereau de remise de chèques») as a PDF for the bank, in French: whatever the reader's language,
its bank is in France.
"""

from pathlib import Path

from carnet.cheques.models import DepositSlip
from carnet.cheques.queries import cheques_on
from carnet.documents import typesetting
from carnet.kernel import references
from carnet.provider import queries as provider
from carnet.web import formats

TEMPLATE = Path(__file__).parents[1] / "templates" / "cheques" / "documents" / "deposit_slip.typ"


def slip_pdf(slip: DepositSlip) -> bytes:
    """Account, number and day, every cheque with who drew it and on which bank, their number and sum, and what to write
    on their backs.
    """
    iban = references.grouped(slip.iban)
    day = formats.day(slip.made_on, "fr")
    rows = [
        [
            str(position), one.details.payer or one.customer.name, one.details.bank or "—",
            one.details.document_number or "—", formats.money(one.amount_cents, "fr"),
        ]
        for position, one in enumerate(cheques_on(slip), 1)
    ]  # fmt: skip
    data = {
        "language": "fr",
        "provider": provider.company().name_with_form,
        "title": f"Bordereau de remise de chèques {slip.number}",
        "facts": [
            ["Titulaire du compte", slip.account_holder],
            ["IBAN", iban],
            ["Numéro de remise", slip.number],
            ["Date", day],
        ],
        "heads": ["N°", "Tireur", "Banque", "N° du chèque", "Montant"],
        "rows": rows,
        "sums": [
            ["Nombre de chèques", formats.number(slip.cheque_count, "fr")],
            ["Total", formats.money(slip.total_cents, "fr")],
        ],
        "hint": "À écrire au dos de chaque chèque avant la remise\u202f:",
        "back": [f"Compte\u202f: {iban}", f"Date\u202f: {day}", f"Signature de {slip.account_holder}"],
        "signature": "Date et signature du remettant",
    }
    return typesetting.pdf(TEMPLATE, data)
