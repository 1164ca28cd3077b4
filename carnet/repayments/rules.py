"""Money that has to go back, by the means by which it came (O4, O9)."""

from dataclasses import dataclass
from typing import Literal

ByMeans = Literal["transfer", "cheque", "paypal"]


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where money goes by transfer; empty: nobody knows yet."""

    holder: str = ""
    iban: str = ""

    def __bool__(self) -> bool:
        return bool(self.iban)


def means_back(means: str, *, has_receipt: bool, has_account: bool) -> ByMeans:
    """O9: by which means money goes back that came by `means`: through the payment service if it took it; what came by
    cheque goes by cheque as long as no account is known.
    """
    if means == "paypal" and has_receipt:
        return "paypal"
    return "cheque" if means == "cheque" and not has_account else "transfer"
