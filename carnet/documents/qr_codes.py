"""The QR code of a transfer: what it says, and how it is drawn."""

import io
import re

import segno
from django.utils.safestring import SafeString, mark_safe

EPC_MOST_BYTES = 331


def epc_payload(*, name: str, iban: str, bic: str, amount_cents: int, reference: str, is_text: bool = False) -> str:
    """What the QR code of a transfer says, by EPC069-12: account, amount, and a structured reference (ISO 11649), or,
    with `is_text`, one that is none.

    `ValueError` beyond its limits: a name of 70 characters, 0.01 to 999,999,999.99 €, 331 bytes in all, and for
    anything with a line break, which would make one line two.
    """
    if not 1 <= len(name) <= 70 or not 1 <= amount_cents <= 99_999_999_999 or not 1 <= len(reference) <= 35:
        raise ValueError(f"no transfer of this kind: {len(name)} characters, {amount_cents} cents, {reference}")
    if re.search(r"[\r\n]", f"{name}{iban}{bic}{reference}"):
        raise ValueError("no transfer of this kind: a line break in what it says")
    amount = f"EUR{amount_cents // 100}.{amount_cents % 100:02d}"
    remittance = f"\n{reference}" if is_text else reference
    payload = f"BCD\n002\n1\nSCT\n{bic}\n{name}\n{iban}\n{amount}\n\n{remittance}"
    if len(payload.encode()) > EPC_MOST_BYTES:
        raise ValueError(f"{len(payload.encode())} bytes are too many for this code")
    return payload


def transfer_qr(payload: str) -> SafeString:
    """The QR code as SVG without styles: error level M, at most version 13 (EPC069-12)."""
    # The payload says UTF-8; left to itself, segno would take Latin-1 for «Société».
    code = segno.make(payload, error="m", micro=False, boost_error=False, encoding="utf-8")
    assert int(code.version) <= 13, f"version {code.version}"
    image = io.BytesIO()
    code.save(image, kind="svg", xmldecl=False, omitsize=True, svgclass="qr", lineclass=None, light="#fff", border=4)
    # Drawn from black and white squares: nothing that anybody typed is in it.
    return mark_safe(image.getvalue().decode())
