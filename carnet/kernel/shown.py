"""The app's words for people: a sentence for each of its refusals says what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "kernel.encrypted_otherwise": _(
        "The stored secret can no longer be read, because the site’s secret key has changed. Enter the secret again."
    ),
    "kernel.key_reused": _(
        "This form was already sent with different content. If this is something new, send it again."
    ),
}
