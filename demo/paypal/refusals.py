"""What PayPal answers when it won't, as its contract words it."""

from typing import Any, NoReturn


class ApiRefusal(Exception):
    """An answer of PayPal's that is no success."""

    def __init__(self, status: int, issue: str, description: str = "", *, links: Any = ()) -> None:
        super().__init__(issue)
        self.status = status
        self.issue = issue
        self.description = description
        self.links = list(links)


def refuse(status: int, issue: str) -> NoReturn:
    raise ApiRefusal(status, issue, DESCRIPTIONS.get(issue, ""))


# As PayPal's contract words them.
DESCRIPTIONS = {
    "INVALID_RESOURCE_ID": "Specified resource ID does not exist. Please check the resource ID and try again.",
    "MISSING_REQUIRED_PARAMETER": "A required parameter is missing.",
    "MALFORMED_REQUEST_JSON": "The request JSON is not well formed.",
    "INVALID_PARAMETER_VALUE": "A parameter value is not valid.",
    "PAYPAL_REQUEST_ID_REQUIRED": (
        "A PayPal-Request-Id is required if you are trying to process payment for an Order. Please specify a"
        " PayPal-Request-Id or Create the Order without a 'payment_source' specified."
    ),
    "DECIMAL_PRECISION": "If the currency supports decimals, only two decimal place precision is supported.",
    "CANNOT_BE_ZERO_OR_NEGATIVE": (
        "Must be greater than zero. If the currency supports decimals, only two decimal place precision is supported."
    ),
    "DUPLICATE_INVOICE_ID": (
        "Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires that"
        " Invoice Id be unique for each transaction."
    ),
    "ORDER_NOT_APPROVED": (
        "Payer has not yet approved the Order for payment. Please redirect the payer to the 'rel':'approve' url"
        " returned as part of the HATEOAS links within the Create Order call or provide a valid `payment_source` in the"
        " request."
    ),
    "ORDER_ALREADY_CAPTURED": "Order already captured.If 'intent=CAPTURE' only one capture per order is allowed.",
    "INSTRUMENT_DECLINED": (
        "The instrument presented  was either declined by the processor or bank, or it can't be used for this payment."
    ),
    "CAPTURE_FULLY_REFUNDED": "The capture has already been fully refunded",
    "REFUND_NOT_ALLOWED": "Capture cannot be refunded.",
    "REFUND_CAPTURE_CURRENCY_MISMATCH": "Refund must be in the same currency as the capture",
    "REFUND_AMOUNT_EXCEEDED": (
        "The refund amount must be less than or equal to the capture amount that has not yet been refunded."
    ),
    "REFUND_TIME_LIMIT_EXCEEDED": "You are over the time limit to perform a refund on this capture",
    "REFUND_FAILED_INSUFFICIENT_FUNDS": (
        "Capture could not be refunded due to insufficient funds. Please check to see if you have sufficient funds in"
        " your PayPal account or if the bank account linked to your PayPal account is verified and has sufficient"
        " funds."
    ),
    "PENDING_CAPTURE": (
        "Cannot initiate a refund as the capture is pending. Capture is typically pending when the payer has funded the"
        " transaction using e-check/bank funded."
    ),
    "TRANSACTION_DISPUTED": (
        "Partial refunds cannot be offered at this time because there is an open case on this transaction. Visit the"
        " PayPal Resolution Center to review this case."
    ),
}
