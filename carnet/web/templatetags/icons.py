"""`{% icon "clock" %}`: a picture of the sprite, drawn in the colour of its text."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of static/icons.svg. It decorates and is not read aloud, unless it stands alone and has a `label`."""
    if label:
        sprite = static("icons.svg")
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, sprite, name
        )
    return _decoration(name)


@cache
def _decoration(name: str) -> SafeString:
    """A page draws the same few again and again, and the address of the sprite is reckoned each time."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name)
