"""What a disputed payment or a bounced cheque leaves as it is (O7)."""

from django.utils.translation import gettext as _


def still_works() -> str:
    """What still works."""
    return _("Your open tickets continue as usual. New questions can’t use frozen tickets or minutes.")


def ends_with_tickets() -> str:
    """What becomes of what is reserved."""
    return _("Open tickets continue as usual; anything they reserved and don’t use is cancelled too.")


def if_mistaken() -> str:
    return _("If this is a mistake, write to us.")
