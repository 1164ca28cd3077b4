"""The app's words for people: a sentence for each of its refusals says what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "people.address_taken": _("This address already has an account here. Sign in with it, or use another one."),
    "people.already_member": _("%(email)s already belongs to this account."),
    "people.invitation_expired": _("This invitation has expired: it was valid for 7 days. Ask for a new one."),
    "people.invitation_foreign": _(
        "This invitation was sent to another address. Sign in with that address, or ask to be invited at yours."
    ),
    "people.invitation_unknown": _(
        "This link leads to no invitation. Copy the whole link from the e-mail, or ask for a new one."
    ),
    "people.invitation_used": _("This invitation has already been accepted; it works only once. Sign in to continue."),
    "people.invitation_withdrawn": _("This invitation no longer works: it was cancelled, or a newer one was sent."),
    "people.last_holder": _("An account needs at least one account holder. Make someone else an account holder first."),
    "people.last_owner": _("The business needs an owner. Make someone else an owner first."),
    "people.not_holder": _("Only account holders can do this."),
    "people.not_owner": _("Only an owner can do this."),
    "people.too_many_customers": _("You have opened several accounts today. You can open another one tomorrow."),
    "people.too_many_invitations": _(
        "You have sent %(limit)s invitations today, which is the limit. Try again tomorrow."
    ),
}
