"""What can be asked of VIES, in our own words: the only door of this folder.

It waits for the network, within time limits, and never raises: no answer is an answer, too. No transaction may be open
meanwhile.
"""

from django.conf import settings

from carnet.catalogue.rules import VatAnswer
from carnet.catalogue.vies import calls, reading

COMMISSION = "https://ec.europa.eu/taxation_customs/vies/rest-api"
_GREECE = "GR"  # VIES, and its numbers, say EL


def ask_about(number: str, *, requester: str) -> VatAnswer:
    """Whether this VAT number, in its plain form, is valid now. `requester` is our own one: with it VIES gives a
    consultation number as proof; if VIES does not know it, it is asked again without.

    Outside a live site nothing but the stand-in is asked; without it, VIES is not there.
    """
    base_url = COMMISSION if settings.MODE == "live" else settings.VIES_STAND_IN
    if not base_url:
        return VatAnswer("unreachable", "not_connected")
    answer = _asked(base_url, number, requester)
    if answer.code in reading.REQUESTER_WRONG and requester:
        answer = _asked(base_url, number, "")
    return answer


def _asked(base_url: str, number: str, requester: str) -> VatAnswer:
    country, rest = _parts(number)
    content = {"countryCode": country, "vatNumber": rest}
    if requester:
        content["requesterMemberStateCode"], content["requesterNumber"] = _parts(requester)
    try:
        answer = calls.post(f"{base_url}/check-vat-number", content)
    except calls.NoAnswer as failed:
        return VatAnswer("unreachable", failed.code)
    return reading.answer(answer, country=country, number=rest)


def _parts(number: str) -> tuple[str, str]:
    country = number[:2]
    return "EL" if country == _GREECE else country, number[2:]
