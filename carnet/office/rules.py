"""How long personal data are kept."""

import datetime

from carnet.kernel import calendar

# How many months what somebody told us is kept, from the event named here; the privacy notice says the same. Accounting
# documents: ten years after the end of their year (code de commerce L123-22).
KEPT_MONTHS = {
    "mails": 12,  # queued
    "spam": 3,  # received
    "contact_messages": 36,  # received
    "notices": 60,  # of withdrawal or ending, received
    "withdrawals": 60,  # declared
    "payment_notices": 12,  # received: what the payment service sent by itself
    "forged_notices": 1,  # received: what nobody could prove to be from it
    "failed_calls": 12,  # made
    "unconfirmed_questions": 1,  # the link's end
    "confirmed_questions": 12,  # the link's end; the ticket stays
    "invitations": 12,  # sent
    "drafts": 3,  # last typed
    "tickets": 60,  # closed
    "order_addresses": 60,  # ordered: the IP address as proof of consent
    "unpaid_orders": 36,  # ordered
    "accounts": 36,  # last activity
}
ACCOUNTING_YEARS = 10
TOLD_DAYS = 30  # before an account that nobody uses is emptied


def kept_from(kind: str, today: datetime.date) -> datetime.date:
    """What is older than this date is kept no longer: the same day number so many months ago, or that month's last."""
    return calendar.months_before(today, KEPT_MONTHS[kind])


def accounting_kept_from(today: datetime.date) -> datetime.date:
    """Accounting documents from before this date may go: their year ended ten years ago."""
    return datetime.date(today.year - ACCOUNTING_YEARS, 1, 1)
