"""What the last verification comes to, for the owner."""

from dataclasses import dataclass
from typing import Literal

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carnet.kernel import reading
from carnet.proof.models import VerificationRun
from carnet.proof.rules import Trouble
from carnet.web import formats
from carnet.web.templatetags.formats import moment


@dataclass(frozen=True, slots=True)
class Verdict:
    """A notice: bad if something does not match, warn if nothing was verified for too long (then the jobs may say
    why), good if all agrees.
    """

    kind: Literal["bad", "warn", "good"]
    words: SafeString | str
    title: str = ""


def verdict_of(last: VerificationRun | None, trouble: Trouble) -> Verdict | None:
    """None if nothing was verified yet, and nothing is late."""
    if last and last.fault_count:
        title = ngettext(
            "%(number)s record does not match", "%(number)s records do not match", last.fault_count
        ) % {"number": formats.number(last.fault_count, reading.language())}  # fmt: skip
        words = _(
            "Something was changed outside the program, or the program made a mistake. Leave the database as it is,"
            " keep your latest backups, and look at the first fault below: later records build on earlier ones."
        )
        return Verdict("bad", words, title)
    if trouble == "stale":
        words = _(
            "It runs every night at 03:30 if a worker is running alongside the web server. Check the background jobs."
        )
        return Verdict("warn", words, _("No verification has finished in the last 36 hours"))
    if last:
        # The moment is an element of its own.
        words = mark_safe(_("Everything matched at the last verification, %(at)s.") % {"at": moment(last.ended_at)})
        return Verdict("good", words)
    return None
