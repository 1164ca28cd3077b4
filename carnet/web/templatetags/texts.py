"""The provider's own texts: in the page's language, as clean HTML or line by line."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from carnet.kernel import html, reading
from carnet.kernel.fields import Texts
from carnet.web import formats

register = template.Library()


@register.filter
def spoken(texts: dict[str, str]) -> str:
    """`{{ offer.name|spoken }}`: a text in three languages, in the page's own."""
    return formats.typography(Texts(texts).in_language(reading.language()), reading.language())


@register.filter
def lines(text: str) -> list[str]:
    """The lines of a text that are not blank."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown as HTML without anything that could do harm. Tables scroll in a place of their own, by keyboard too."""
    clean = html.from_markdown(formats.typography(text, reading.language()))
    framed = clean.replace("<table>", '<div class="table-scroll" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )
    return mark_safe(framed)
