"""How static files are published: under names that hold their content's hash, styles joined into one file."""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLES = "css/main.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\)(?: layer\((\w+)\))?;')


class MessageCookie(CookieStorage):
    cookie_name = f"{settings.COOKIE_PREFIX}messages"


class Messages(FallbackStorage):
    """What a page says after a form was sent: in a signed cookie, in the session if it is very long."""

    storage_classes = (MessageCookie, SessionStorage)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage, and two things more: scripts may import each other, and main.css brings its parts along.

    The parts stay one file a component where people work on them; a browser asks for one file instead of forty.
    """

    # Only ours: a package's scripts may import what only a bundler finds.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "js/*.js",
            ((r'(?P<matched>(?P<head>import (?:\{[^}]*\} from )?)"(?P<url>\./[^"]+)";)', '%(head)s"%(url)s";'),),
        ),
    )

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if STYLES in paths and not dry_run:
            storage = InMemoryStorage()
            storage.save(STYLES, ContentFile(self._joined(paths).encode()))
            paths = {**paths, STYLES: (storage, STYLES)}
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _joined(self, paths: dict[str, Any]) -> str:
        return IMPORT.sub(lambda found: self._part(paths, *found.groups()), self._text(paths, STYLES))

    def _part(self, paths: dict[str, Any], name: str, layer: str | None) -> str:
        text = self._text(paths, f"css/{name}")
        if name.startswith("components/") and "url(" in text:
            raise ValueError(f"{name} stands deeper than {STYLES}: its url() would lead elsewhere once joined")
        return f"@layer {layer} {{\n{text}}}" if layer else text

    def _text(self, paths: dict[str, Any], name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            return file.read().decode()
