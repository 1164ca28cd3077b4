"""The app's words for people: a sentence for each of its refusals says what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By code; %(name)s stands for a value of the refusal.
REFUSALS: dict[str, Promise] = {
    "files.empty": _("“%(name)s” is empty. Choose the file again, or leave it out."),
    "files.not_as_named": _(
        "“%(name)s” is not what its name says. Save it again in its usual program, or put it into a ZIP file, and"
        " choose that."
    ),
    "files.too_large": _(
        "“%(name)s” is larger than %(megabytes)s MB. Make it smaller, or tell us where we can get it."
    ),
    "files.too_large_together": _(
        "With “%(name)s” the files exceed %(megabytes)s MB in total. Send it in a separate message."
    ),
    "files.too_many": _(
        "You chose %(count)s files; a message can have at most %(most)s. Send the others in another message."
    ),
    "files.type_refused": _(
        "We can’t accept files like “%(name)s” as they are. Put it into a ZIP file, and choose that."
    ),
}
