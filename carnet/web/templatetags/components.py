"""Components that reckon or wrap something; plain ones are included from templates/components. See docs/style.md."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.core.paginator import Page
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, npgettext, pgettext

from carnet.kernel import keys, reading
from carnet.web import formats, pictures
from carnet.web.templatetags.addresses import address

register = template.Library()
NOTICE_ICONS = {"info": "info", "good": "circle-check", "warn": "triangle-alert", "bad": "circle-alert"}
# Django's message levels.
NOTICE_OF_LEVEL = {"debug": "info", "info": "info", "success": "good", "warning": "warn", "error": "bad"}


@register.simple_block_tag(takes_context=True)
def notice(context: Context, content: SafeString, kind: str = "info", title: str = "") -> SafeString:
    """{% notice "warn" title %}<p>…</p>{% endnotice %}: info, good, warn or bad."""
    return render_to_string(
        "components/notice.html", {"kind": kind, "icon_name": NOTICE_ICONS[kind], "title": title, "content": content}
    )


@register.simple_block_tag(takes_context=True)
def nothing_yet(context: Context, content: SafeString, title: str, icon: str = "inbox") -> SafeString:
    """{% nothing_yet title icon="inbox" %}<p>…</p><a class="button">…</a>{% endnothing_yet %}: an empty state."""
    return render_to_string("components/nothing_yet.html", {"title": title, "icon_name": icon, "content": content})


@register.simple_block_tag(takes_context=True)
def dialog(context: Context, content: SafeString, id: str, title: str) -> SafeString:
    """{% dialog "cancel" title %}<form>…</form>{% enddialog %}, opened by a link with data-opens="cancel"."""
    return render_to_string("components/dialog.html", {"id": id, "title": title, "content": content})


@register.simple_block_tag(takes_context=True)
def ring(
    context: Context,
    content: SafeString,
    done_seconds: int,
    limit_seconds: int,
    size: str = "",
    is_over: bool = False,
) -> SafeString:
    """{% ring seconds limit_seconds %}<p class="figure">…</p>{% endring %}: a ring that fills, words beside it.

    `is_over`: nobody has to act on it any more, and it is drawn in ink.
    """
    picture = pictures.Ring(done_seconds, limit_seconds)
    state = "over" if is_over else picture.state
    given = {"picture": picture, "state": state, "size": size, "content": content}
    return render_to_string("components/ring.html", given)


@register.inclusion_tag("components/carnet.html")
def carnet(picture: pictures.Carnet) -> dict[str, Any]:
    """{% carnet picture %}, made by carnet.web.pictures.carnet: cover, stubs, and the same in words."""
    words = _carnet_words(picture)
    language = reading.language()
    counts = (picture.left, picture.held, picture.frozen)
    cover = _cover(picture, *(formats.number(count, language) for count in counts))
    return {"picture": picture, "front": picture.front, "words": words, "cover": cover}


@register.inclusion_tag("components/tape.html")
def tape(picture: pictures.Tape) -> dict[str, Any]:
    """{% tape picture %}: a pack of hours, or free minutes, as a tape."""
    counts = (picture.left, picture.held, picture.frozen)
    cover = _cover(picture, *(formats.duration(minutes * 60, reading.language()) for minutes in counts))
    return {"picture": picture, "front": picture.front, "cover": cover}


@register.inclusion_tag("components/chart.html")
def chart(picture: pictures.Chart, title: str, label_heading: str, value_heading: str) -> dict[str, Any]:
    """{% chart picture title "Month" "Share" %}: columns, and the same as a table."""
    return {"picture": picture, "title": title, "label_heading": label_heading, "value_heading": value_heading}


@register.simple_tag
def stars(score: int | Decimal | None) -> SafeString | str:
    """A score of 1 to 5 as stars, read aloud as «4.7 out of 5»."""
    if score is None:
        return ""
    words = gettext("%(score)s out of 5") % {
        "score": formats.number(score, reading.language(), 0 if score == int(score) else 1)
    }
    return render_to_string(
        "components/stars.html", {"width": str(pictures.stars_width(Decimal(score))), "words": words}
    )


@register.simple_tag
def avatar(name: object, kind: str = "") -> SafeString:
    """A person's initials in a circle; decorative, the name stands beside it. kind: "", team, small."""
    return format_html('<span class="avatar {}" aria-hidden="true">{}</span>', kind, formats.initials(str(name)))


@register.inclusion_tag("components/timer.html")
def timer(work: Any) -> dict[str, Any]:
    """{% timer running_work %}: work with .ticket_id .subject .seconds .limit_seconds, and a button to stop it."""
    near = work.limit_seconds - pictures.NEAR_SECONDS if work.limit_seconds else None
    state = ""
    if near is not None:
        state = "over" if work.seconds >= work.limit_seconds else "near" if work.seconds >= near else ""
    return {"work": work, "state": state, "near_seconds": near}


@register.inclusion_tag("components/copy.html")
def copy(text: str, label: str) -> dict[str, str]:
    """{% copy order.reference "Reference" %}: exact text with a button that copies it."""
    return {"text": text, "label": label}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page, label: str = "") -> dict[str, Any]:
    """{% pagination page %} for a Django Page; keeps the rest of the address."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "numbers": list(numbers),
        "request": context.get("request"),
        "gap": page.paginator.ELLIPSIS,
        "label": label,
    }


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*parts: str, label: str = "") -> dict[str, Any]:
    """{% breadcrumb "Queue" queue_url "Ticket 12" %}: label and address by turns, the last label is this page."""
    above = [{"label": label, "href": href} for label, href in zip(parts[:-1:2], parts[1::2], strict=True)]
    return {"above": above, "here": parts[-1], "label": label}


@register.inclusion_tag("components/steps.html")
def steps(labels: Sequence[str], now: int) -> dict[str, Any]:
    """{% steps labels 2 %}: the second step is the present one."""
    return {"steps": list(enumerate(labels, start=1)), "now": now}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*parts: forms.BaseForm) -> dict[str, Any]:
    """What is wrong with a form that is laid out by hand, of one part or of several; `{{ form }}` brings its own."""
    takes_focus = not any(getattr(part, "is_sample", False) for part in parts)
    return {"parts": parts, "number": sum(len(part.errors) for part in parts), "takes_focus": takes_focus}


@lru_cache(maxsize=256)
def _made_once(name: str, _language: str, _addresses: str, given: frozenset[tuple[str, Hashable]]) -> SafeString:
    return render_to_string(name, dict(given))


@register.simple_tag
def same_for_all(name: str, **given: Hashable) -> SafeString:
    """{% same_for_all "components/themes.html" theme=theme %}: a part that depends on the language only, and on what is
    `given`, which has few values; made once for each in a process.
    """
    if settings.DEBUG:
        return render_to_string(name, given)
    return _made_once(name, reading.language(), settings.ROOT_URLCONF, frozenset(given.items()))


@register.simple_tag
def form_key() -> SafeString:
    """A hidden key for a form that is one button: a second submit finds the first one's work."""
    return format_html('<input type="hidden" name="key" value="{}">', keys.new_key())


@register.simple_tag(takes_context=True)
def nav_link(context: Context, name: str, label: str, *args: Any, also: str = "") -> SafeString:
    """A way in the head of a page; marked if it leads here, or to what this page hangs under: under its own address, or
    under that of a name in `also`.
    """
    href = address(name, *args)
    request = context.get("request")
    here = request.path if request else ""
    above = [one for one in (href, *map(address, also.split())) if one.count("/") > 2]
    mark = "page" if here == href else "true" if here.startswith(tuple(above)) else ""
    if mark:
        return format_html('<a href="{}" aria-current="{}">{}</a>', href, mark, label)
    return format_html('<a href="{}">{}</a>', href, label)


@register.filter
def as_name(label: str) -> str:
    """The label of a field where it stands within a sentence: a whole one loses its point."""
    return str(label).removesuffix(".")


@register.filter
def notice_kind(level_tag: str) -> str:
    return NOTICE_OF_LEVEL.get(level_tag, "info")


@register.filter
def notice_icon(level_tag: str) -> str:
    return NOTICE_ICONS[notice_kind(level_tag)]


@dataclass(frozen=True, slots=True)
class CoverFigure:
    """What stands large on the cover, the word beside it, and below it what is reserved as well."""

    figure: str
    word: str
    beside: str = ""


def _cover(picture: pictures.Carnet | pictures.Tape, left: str, held: str, frozen: str) -> CoverFigure:
    """What is left. Where nothing is, but something is frozen or reserved, that is said: it is not used up."""
    is_token = isinstance(picture, pictures.Carnet)
    reserved = (
        npgettext("tickets", "reserved", "reserved", picture.held) if is_token else pgettext("minutes", "reserved")
    )
    if picture.frozen and not picture.left:
        word = npgettext("tickets", "frozen", "frozen", picture.frozen) if is_token else pgettext("minutes", "frozen")
        return CoverFigure(frozen, word, f"+ {held} {reserved}" if picture.held else "")
    if picture.held and not picture.left:
        return CoverFigure(held, reserved)
    if picture.front.is_dormant:
        word = ngettext("dormant", "dormant", picture.left)
    elif picture.front.is_lapsed:
        word = npgettext("tickets", "expired", "expired", picture.left) if is_token else pgettext("minutes", "expired")
    else:
        word = ngettext("left", "left", picture.left) if is_token else pgettext("minutes", "left")
    return CoverFigure(left, word, f"+ {held} {reserved}" if picture.held else "")


@register.filter
def stub_words(stub: pictures.Stub) -> str:
    """A ticket of a carnet for who doesn’t see it: used or reserved, for what; empty while it is free."""
    told = {"number": stub.number, "label": stub.use.label}
    words = {
        ("spent", False): gettext("Ticket %(number)s, used"),
        ("spent", True): gettext("Ticket %(number)s, used: %(label)s"),
        ("held", False): gettext("Ticket %(number)s, reserved"),
        ("held", True): gettext("Ticket %(number)s, reserved: %(label)s"),
    }
    if stub.state == "frozen":
        return gettext("Ticket %(number)s, frozen") % told
    return words.get((stub.state, bool(stub.use.label)), "") % told


def _carnet_words(picture: pictures.Carnet) -> str:
    """The carnet in a sentence: «12 used, 1 reserved, 7 left»."""
    used, held, frozen, refunded = (picture.count(state) for state in ("spent", "held", "frozen", "refunded"))
    left = picture.left
    parts = [
        (used, ngettext("%(count)s used", "%(count)s used", used)),
        (held, ngettext("%(count)s reserved", "%(count)s reserved", held)),
        (frozen, ngettext("%(count)s frozen", "%(count)s frozen", frozen)),
        (refunded, ngettext("%(count)s refunded", "%(count)s refunded", refunded)),
    ]
    told = [words % {"count": count} for count, words in parts if count]
    if picture.front.is_dormant:
        rest = ngettext("%(count)s dormant", "%(count)s dormant", left)
    elif picture.front.is_lapsed:
        rest = ngettext("%(count)s expired", "%(count)s expired", left)
    else:
        rest = ngettext("%(count)s left", "%(count)s left", left)
    return ", ".join([*told, rest % {"count": left}])
