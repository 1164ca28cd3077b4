import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage

from carnet.web.storage import StaticFiles

SOURCE = Path(settings.BASE_DIR, "carnet/static")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Our static files as collectstatic leaves them."""
    storage = StaticFiles(location=tmp_path, base_url="/static/")
    source = FileSystemStorage(SOURCE)
    names = [str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*") if path.is_file()]
    for name in names:
        with source.open(name) as file:
            storage.save(name, file)
    for _name, _hashed, processed in storage.post_process({name: (storage, name) for name in names}):
        if isinstance(processed, Exception):
            raise processed
    return tmp_path


def test_published_styles_are_one_file(published: Path) -> None:
    css = next(published.glob("css/main.????????????.css")).read_text("utf-8")
    assert "@import" not in css
    assert css.index("@layer tokens, base") < css.index("--paper:") < css.index(".button {") < css.index("@media print")
    fonts = re.findall(r'url\("\.\./(fonts/[^"]+)"\)', css)
    assert len(fonts) == 2
    assert all((published / font).is_file() for font in fonts)


def test_published_scripts_find_each_other(published: Path) -> None:
    main = next(published.glob("js/main.????????????.js")).read_text("utf-8")
    imports = re.findall(r'import "\./([^"]+)";', main)
    assert len(imports) == len(re.findall(r"^import ", main, re.MULTILINE)) >= 10
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", name) and (published / "js" / name).is_file() for name in imports)


def test_first_page_is_light(published: Path) -> None:
    """Styles, scripts, icons and font together, as they travel."""
    names = [
        "css/main.????????????.css",
        "icons.????????????.svg",
        "vendor/htmx-*.min.????????????.js",
        "js/*.????????????.js",
    ]
    packed = {name: sum(len(gzip.compress(file.read_bytes())) for file in published.glob(name)) for name in names}
    font = next(published.glob("fonts/atkinson-hyperlegible-next-latin.????????????.woff2")).stat().st_size
    assert packed["js/*.????????????.js"] + packed["vendor/htmx-*.min.????????????.js"] < 40_000
    assert sum(packed.values()) + font < 90_000


def test_component_that_names_a_file_is_refused() -> None:
    """Its relative address would lead elsewhere once joined."""
    memory = InMemoryStorage()
    memory.save("css/main.css", ContentFile('@import url("components/x.css") layer(components);'))
    memory.save("css/components/x.css", ContentFile('.x { background: url("y.png"); }'))
    paths = {name: (memory, name) for name in ("css/main.css", "css/components/x.css")}
    with pytest.raises(ValueError, match=r"components/x\.css stands deeper"):
        list(StaticFiles(location="/nonexistent").post_process(paths))
