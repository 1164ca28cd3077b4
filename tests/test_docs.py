"""What the documents say about files, addresses in them and the environment is so."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
READ = re.compile(r'\benv(?:_bool|_int|_list|_networks)?\(\s*"([A-Z_]+)"')


def documents() -> list[Path]:
    """Everything that is written for readers, not for the program."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("benchmarks/*.md"))]


def anchors(document: Path) -> set[str]:
    """The anchors of its headings, as forges make them."""
    headings = HEADING.findall(re.sub(r"```.*?```", "", document.read_text("utf-8"), flags=re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(document: Path) -> list[str]:
    found = []
    for link in LINK.findall(document.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _hash, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document):
    assert broken(document) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    document = tmp_path / "page.md"
    document.write_text("# Here we *are*\n[a](page.md#here-we-are) [b](#there) [c](gone.md) [d](https://example.org)")
    assert broken(document) == ["#there", "gone.md"]


def test_operate_tells_every_variable_that_the_settings_read():
    read = set(READ.findall((ROOT / "carnet" / "settings.py").read_text("utf-8")))
    section = (ROOT / "docs" / "operate.md").read_text("utf-8").split("\n## Environment\n", 1)[1].split("\n## ", 1)[0]
    told = re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE)
    assert "CARNET_SECRET_KEY" in read
    assert sorted(told) == sorted(read)


def test_no_other_code_reads_the_environment():
    """So that the table is complete; the door of the web server and manage.py only name the settings."""
    others = [
        str(path.relative_to(ROOT))
        for path in sorted([*(ROOT / "carnet").rglob("*.py"), *(ROOT / "demo").rglob("*.py")])
        if re.search(r"\bos\.(environ|getenv)\b", path.read_text("utf-8"))
    ]
    assert others == ["carnet/settings.py", "carnet/wsgi.py"]


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_that_are_named_exist(document):
    text = document.read_text("utf-8")
    commands = "management/commands/*.py"
    own = {path.stem for path in [*ROOT.glob(f"carnet/*/{commands}"), *ROOT.glob(f"demo/{commands}")]}
    django = {"migrate", "createcachetable", "collectstatic", "makemigrations", "check", "shell"}
    assert set(re.findall(r"manage\.py (\w+)", text)) - own - django == set()
    assert [name for name in re.findall(r"(?<![\w/])bin/(\w+)\b", text) if not (ROOT / "bin" / name).exists()] == []
