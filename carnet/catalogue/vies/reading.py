"""The answers of VIES read: what is not understood is no answer, and never a refusal of a number."""

import json
import re
from typing import Any

from carnet.catalogue.rules import VatAnswer
from carnet.catalogue.vies.calls import HttpAnswer

REQUESTER_WRONG = ("INVALID_REQUESTER_INFO",)
NUMBER_WRONG = ("INVALID_INPUT",)  # VIES itself finds the number malformed
_TOLD_NOTHING = "---"  # of a country that tells no names
_CODE = re.compile(r"[A-Z0-9_]{1,40}")
_CONSULTATION = re.compile(r"[A-Za-z0-9-]{1,40}")
_LONGEST_NAME, _LONGEST_ADDRESS = 300, 500


def answer(found: HttpAnswer, *, country: str, number: str) -> VatAnswer:
    """What the answer says of this number."""
    try:
        content = json.loads(found.content)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        return VatAnswer("unreachable", f"http_{found.status}" if found.status >= 400 else "not_understood")
    code = _error(content)
    if code in NUMBER_WRONG:
        return VatAnswer("invalid", code)
    if code:
        return VatAnswer("unreachable", code)
    is_about_it = (content.get("countryCode"), content.get("vatNumber")) == (country, number)
    if found.status != 200 or not is_about_it or not isinstance(content.get("valid"), bool):
        return VatAnswer("unreachable", f"http_{found.status}" if found.status >= 400 else "not_understood")
    consultation = content.get("requestIdentifier")
    return VatAnswer(
        "valid" if content["valid"] else "invalid",
        name=_told(content.get("name"))[:_LONGEST_NAME],
        address=_told(content.get("address"))[:_LONGEST_ADDRESS],
        consultation=_word(consultation, _CONSULTATION),
    )


def _error(content: dict[str, Any]) -> str:
    """The error that VIES tells, in the list of its errors or beside an answer that is none; empty: none."""
    wrappers = content.get("errorWrappers")
    first = wrappers[0] if isinstance(wrappers, list) and wrappers else None
    code = _word(first.get("error") if isinstance(first, dict) else content.get("userError"), _CODE)
    if code in ("VALID", "INVALID"):
        return ""
    return code or ("not_understood" if content.get("actionSucceed") is False else "")


def _told(text: Any) -> str:
    if not isinstance(text, str) or text.strip() == _TOLD_NOTHING:
        return ""
    return "\n".join(" ".join(line.split()) for line in text.replace("\x00", "").splitlines() if line.strip())


def _word(word: Any, pattern: re.Pattern[str]) -> str:
    """A word of VIES if it is one, for columns."""
    return word if isinstance(word, str) and pattern.fullmatch(word) else ""
