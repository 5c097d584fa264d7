"""Documents lead somewhere: links, numbers of decisions, and the files and modules that they name."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from exhibition.core.config import PROJECT
from tests.core.test_documents_agree import DOCUMENTS, PACKAGE, PRESENT, texts_in_the_code

PAGES = [document for document in DOCUMENTS if document.parent == PROJECT / "docs"]
DECISIONS = [document for document in DOCUMENTS if document.parent == PROJECT / "docs" / "adr"]
WRITTEN = (".py", ".js", ".css", ".html", ".txt", ".typ", ".toml")
OURS = ("app.py", "exhibition", "static/js", "static/css", "templates", "tests", "bench", "migrations", "translations")
PACKAGES = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
GONE = {"core.prepared"}
"""What a decision speaks of as having been there."""


def named(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def anchors(document: Path) -> set[str]:
    """What a link can lead to inside a document."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text()
    for link in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text):
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert link.startswith(("http:", "https:")) or target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(document.name[:4]) for document in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for document in DECISIONS:
        assert document.read_text().startswith(f"# {int(document.name[:4])}. "), document.name


@pytest.mark.parametrize("index", ["README.md", "docs/architecture.md"])
def test_every_document_is_linked_where_people_look_for_it(index: str) -> None:
    page = PROJECT / index
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    linked = {(page.parent / link).resolve() for link in links if "://" not in link}
    assert [named(document) for document in PAGES if document != page and document not in linked] == []
    assert PROJECT / "docs" / "adr" in linked


def test_every_document_that_code_names_is_there() -> None:
    missing = set()
    for path in (file for name in OURS for file in [PROJECT / name, *(PROJECT / name).rglob("*")]):
        if path.suffix in WRITTEN:
            mentioned = re.findall(r"\bdocs/[\w./-]+\.md\b", path.read_text())
            missing |= {f"{named(path)}: {name}" for name in mentioned if not (PROJECT / name).exists()}
    assert missing == set()


def test_every_decision_that_is_cited_by_number_is_there() -> None:
    files = [*PRESENT, *PACKAGE.rglob("*.py"), *(PROJECT / "tests").rglob("*.py"), *(PROJECT / "bench").rglob("*.py")]
    cited = {int(number) for file in files for number in re.findall(r"\bADR (\d+)\b", file.read_text())}
    assert len(cited) > 3
    assert cited <= {int(document.name[:4]) for document in DECISIONS}


@pytest.mark.parametrize("document", PRESENT, ids=named)
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    for name in re.findall(r"`((?:[\w-]+/)+[\w.-]*)`", document.read_text()):
        first = name.split("/")[0]
        if first in PACKAGES or ((PROJECT / first).exists() and not name.startswith("instance/")):
            assert (PROJECT / name).exists() or (PACKAGE / name).exists(), name


def is_there(name: str) -> bool:
    """Whether a dotted name is that of a module, or of something in one."""
    parts = name.removeprefix("exhibition.").split(".")
    for length in range(len(parts), 0, -1):
        path = PACKAGE.joinpath(*parts[:length])
        if path.with_suffix(".py").exists() or path.is_dir():
            found = import_module(".".join(["exhibition", *parts[:length]]))
            for part in parts[length:]:
                found = getattr(found, part, None)
            return found is not None
    return False


@pytest.mark.parametrize("document", PRESENT, ids=named)
def test_every_module_or_function_that_a_document_names_is_there(document: Path) -> None:
    names = re.findall(rf"`((?:exhibition\.)?(?:{'|'.join(PACKAGES)})(?:\.\w+)+)", document.read_text())
    assert [name for name in names if not is_there(name) and name not in GONE | texts_in_the_code()] == []
    for module in re.findall(r"`python -m (\w+(?:\.\w+)*)", document.read_text()):
        path = PROJECT.joinpath(*module.split("."))
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module
