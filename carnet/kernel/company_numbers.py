"""What the numbers of a company say about each other; that each is right in itself, python-stdnum says."""

# The VAT number of Greece begins with EL, the country's code is GR.
_OTHER_CODE = {"EL": "GR"}
SIREN_LENGTH = 9


def country_of_vat_number(vat_number: str) -> str:
    """The two letters of the country that gave this VAT number (in its plain form)."""
    return _OTHER_CODE.get(vat_number[:2], vat_number[:2])


def siren_of_vat_number(vat_number: str) -> str | None:
    """The SIREN that a French VAT number ends with; None of any other country's."""
    return vat_number[4:] if vat_number.startswith("FR") else None


def siren_of_siret(siret: str) -> str:
    """A SIRET, the number of a place of business, begins with the SIREN of its company."""
    return siret[:SIREN_LENGTH]
