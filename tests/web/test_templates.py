"""What no template of any app may hold, and what every picture needs."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CARNET = Path(settings.BASE_DIR, "carnet")
DEMO = Path(settings.BASE_DIR, "demo")
TEMPLATES = sorted([*CARNET.glob("**/templates/**/*.html"), *DEMO.glob("templates/**/*.html")])
PAGES = [path for path in TEMPLATES if "mail" not in path.parts and path.name != "mail.html"]
SPRITE = (CARNET / "static/icons.svg").read_text("utf-8")
FORBIDDEN = {
    "a style element": r"<style",
    "a style attribute": r"\sstyle\s*=",
    "an event attribute": r"\son[a-z]+\s*=\s*[\"']",
    "a script without a file": r"<script(?![^>]*\ssrc=)",
    "script as an address": r"javascript:",
    "what htmx would evaluate": r"hx-on|\bjs:|hx-vars|hx-trigger=\"[^\"]*\[",
    "something from another host": r"(?:src|<link[^>]*href)=[\"'](?:https?:)?//",
}


def ident(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


def test_templates_are_found() -> None:
    assert len(PAGES) > 40


@pytest.mark.parametrize("path", PAGES, ids=ident)
def test_nothing_inline_and_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)] == []


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
    named = {
        (name, ident(path))
        for path in [*TEMPLATES, *CARNET.glob("**/*.py"), *DEMO.glob("**/*.py")]
        for name in re.findall(
            r'\{% icon "([\w-]+)"|icon="([\w-]+)"|icons\.svg[^#]*#([\w-]+)"', path.read_text("utf-8")
        )
        for name in name
        if name
    }
    from carnet.web.templatetags.components import NOTICE_ICONS

    assert {(name, where) for name, where in named if name not in drawn} == set()
    assert set(NOTICE_ICONS.values()) <= drawn


def test_sprite_brings_no_style_of_its_own() -> None:
    assert re.findall(r"style|<script|href=", SPRITE) == []


def test_no_emoji_stands_for_an_icon() -> None:
    emoji = re.compile("[\u2600-\u27bf\u2b50\U0001f300-\U0001faff]")
    assert [ident(path) for path in TEMPLATES if emoji.search(path.read_text("utf-8"))] == []


def test_styles_name_every_component_file_once() -> None:
    main = (CARNET / "static/css/main.css").read_text("utf-8")
    named = re.findall(r'@import url\("(components/[^"]+)"\) layer\(components\);', main)
    assert sorted(named) == sorted(
        f"components/{path.name}" for path in (CARNET / "static/css/components").glob("*.css")
    )


def test_scripts_evaluate_nothing() -> None:
    own = sorted((CARNET / "static/js").glob("*.js"))
    assert len(own) >= 10
    assert [
        path.name
        for path in own
        if re.search(r"eval\(|new Function|innerHTML|\.style\b|document\.write", path.read_text("utf-8"))
    ] == []


def test_case_C18_rows_that_lead_somewhere_look_so() -> None:
    """Each table whose rows are a link shows it under the pointer: `clickable`."""
    plain = [
        ident(path)
        for path in PAGES
        for table in re.findall(r"<table[^>]*>.*?</table>", path.read_text("utf-8"), re.DOTALL)
        if '<a class="subject"' in table and "clickable" not in table.partition(">")[0]
    ]
    assert plain == []
