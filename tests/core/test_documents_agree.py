"""The documents and the program agree: commands, settings, codes, addresses, tables, packages."""

import ast
import re
import subprocess
import sys
from functools import cache
from http import HTTPStatus
from importlib.metadata import entry_points

import click
import pytest
from flask import Flask

from exhibition.accounts.web.access import ROUTES
from exhibition.accounts.web.access_kinds import Access
from exhibition.core.config import PREFIX, PROJECT, SETTINGS
from exhibition.core.db import Base
from exhibition.factory import create_app

PACKAGE = PROJECT / "exhibition"
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), PROJECT / "instance" / "README.md"])
HISTORY = {"CHANGELOG.md"}
"""Speaks of what has been; nothing in it need be there any more."""
PRESENT = [document for document in DOCUMENTS if document.name not in HISTORY]
PLACEHOLDER = re.compile(r"<(?:[^<>]*:)?(\w+)>")


@pytest.fixture(scope="module")
def idle_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that needs no database."""
    return create_app({"INSTANCE_PATH": str(tmp_path_factory.mktemp("instance"))}, testing=True)


def page(name: str) -> str:
    return (PROJECT / "docs" / name).read_text()


def section(name: str, heading: str) -> str:
    """The part of a document under a heading, up to the next one."""
    parts = re.split(r"^#+ ", page(name), flags=re.MULTILINE)
    return next(part for part in parts if part.startswith(f"{heading}\n"))


def first_cells(text: str) -> list[str]:
    """The first cell of each row of the tables in a text."""
    return re.findall(r"^\| (.+?) \|", text, re.MULTILINE)


def commands(group: click.Group, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], click.Command]:
    """Every command, as its words."""
    found: dict[tuple[str, ...], click.Command] = {}
    for name, command in group.commands.items():
        found[*path, name] = command
        if isinstance(command, click.Group):
            found |= commands(command, (*path, name))
    return found


def typeable(app: Flask) -> set[tuple[str, ...]]:
    """What can be typed after ``flask``, the commands that extensions bring by themselves too."""
    return {*commands(app.cli)} | {(entry.name,) for entry in entry_points(group="flask.commands")}


def own(found: dict[tuple[str, ...], click.Command]) -> dict[str, click.Command]:
    """Our own commands, not those of extensions, by what is typed."""
    return {
        f"flask {' '.join(words)}": command
        for words, command in found.items()
        if "exhibition." in getattr(command.callback, "__module__", "")
    }


def test_every_command_explains_itself(idle_app: Flask) -> None:
    runner = idle_app.test_cli_runner()
    for words, command in commands(idle_app.cli).items():
        result = runner.invoke(args=[*words, "--help"])
        assert result.exit_code == 0, words
        assert command.get_short_help_str(), words


def test_the_handbook_lists_every_command_with_its_options_and_no_other(idle_app: Flask) -> None:
    rows = re.findall(r"^\| `(flask [^`]+)` \| (.*?) ?\|", section("operations.md", "Commands"), re.MULTILINE)
    listed = {re.sub(r"( [A-Z_]+)+$", "", typed): set(re.findall(r"`(--[\w-]+)`", options)) for typed, options in rows}
    ours = {
        typed: {flag for option in command.params if isinstance(option, click.Option) for flag in option.opts}
        for typed, command in own(commands(idle_app.cli)).items()
    }
    assert {typed: listed.get(typed) for typed in ours} == ours
    theirs = {name for (name, *_inner) in typeable(idle_app)} - {typed.split()[1] for typed in ours}
    listed_groups = {typed.split()[1] for typed in listed}
    assert theirs <= listed_groups, "of an extension's commands one is enough"
    assert {typed for typed in listed if tuple(typed.split()[1:]) not in typeable(idle_app)} == set()


def test_no_document_names_a_command_or_a_target_that_is_not_there(idle_app: Flask) -> None:
    known = typeable(idle_app)
    targets = set(re.findall(r"^([a-z0-9-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    wrong: list[str] = []
    for document in PRESENT:
        for tool, words in re.findall(
            r"(?:`|^ {4})(flask|make) ((?:[a-z0-9-]+ ?)+)", document.read_text(), re.MULTILINE
        ):
            typed = tuple(words.split()[:2])
            there = known & {typed, typed[:1]} if tool == "flask" else typed[0] in targets
            wrong += [] if there else [f"{document.name}: {tool} {words}"]
    assert wrong == []


def test_the_documented_settings_are_the_settings() -> None:
    rows = re.findall(rf"^\| `{PREFIX}(\w+)` \| (.+?) \| (.+) \|$", page("configuration.md"), re.MULTILINE)
    assert rows == [(s.name, f"`{s.default}`" if s.default else "–", s.meaning) for s in SETTINGS]


def test_every_setting_that_a_document_names_is_read_somewhere() -> None:
    code = "".join(path.read_text() for folder in ("exhibition", "tests") for path in (PROJECT / folder).rglob("*.py"))
    read = {PREFIX + setting.name for setting in SETTINGS} | set(re.findall(rf'"({PREFIX}\w+)"', code))
    named = {name for document in PRESENT for name in re.findall(rf"\b{PREFIX}\w+", document.read_text())}
    assert named - read == set()


@cache
def texts_in_the_code() -> frozenset[str]:
    """Every text that is written out in our Python, docstrings too."""
    trees = (ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree))
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_no_table_explains_a_code_that_nothing_answers_with() -> None:
    parts = [section("api.md", heading) for heading in ("The JSON interface", "Visitors", "Codes of a scan")]
    parts += [page("api.md").partition("## Codes of pages")[2], section("plan.md", "Problems")]
    parts += [section("plan.md", "Saving and versions")]
    codes = {
        code
        for part in parts
        for row in re.findall(r"^\| [^A-Z].*$", part, re.MULTILINE)
        for code in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", row.split(" | when |")[0])
    }
    assert len(codes) > 100
    of_http = {status.name.lower() for status in HTTPStatus}
    assert codes - texts_in_the_code() - of_http == set()


def rules(app: Flask) -> dict[str, str]:
    """Every address that can be opened, as documents write it, and its endpoint."""
    return {
        PLACEHOLDER.sub(r"<\1>", rule.rule): rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
    }


def test_the_api_page_lists_every_public_address_and_no_other(idle_app: Flask) -> None:
    listed = {
        address
        for cell in first_cells(section("api.md", "Public addresses"))
        for address in re.findall(r"`(/[^`]*)`", cell)
    }
    public = {
        address
        for address, endpoint in rules(idle_app).items()
        if ROUTES[endpoint] in (Access.PUBLIC, Access.KEY) and not address.startswith(("/api/", "/static/", "/e/"))
    }
    assert listed == public


def test_every_address_that_a_document_names_is_there(idle_app: Flask) -> None:
    known = {PLACEHOLDER.sub("*", rule.rule) for rule in idle_app.url_map.iter_rules()}
    known |= {rule.removeprefix("/api/v1") for rule in known}
    ours = {rule.split("/")[1] for rule in known} - {""}
    wrong: list[str] = []
    for document in PRESENT:
        for address in re.findall(r"`(?:GET |POST )?(/[^`\s?#]*)", document.read_text()):
            plain = re.sub(r"<[^>]*>|\{[^}]*\}", "*", address).rstrip("/")
            if address.split("/")[1] in ours and not any(fits(plain, rule) for rule in known):
                wrong.append(f"{document.name}: {address}")
    assert wrong == []


def fits(address: str, rule: str) -> bool:
    """Whether an address is that of a rule, or what rules below it begin with. Stars stand for parts."""
    return re.fullmatch(re.escape(rule).replace(r"\*", r"[^/]+"), address) is not None or rule.startswith(f"{address}/")


def test_the_architecture_names_every_package_and_folder_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .+ \| (.*?) ?\|$", section("architecture.md", "The house"), re.MULTILINE)
    listed = {name: set(re.findall(r"`([\w/]+)`", folders)) for name, folders in rows}
    folders = {path.parent.relative_to(PACKAGE) for path in PACKAGE.rglob("*/__init__.py")}
    wanted = {
        folder.name: {str(inner.relative_to(folder)) for inner in folders if folder in inner.parents}
        for folder in folders
        if len(folder.parts) == 1
    }
    assert listed == wanted | {"factory": set()}


def test_the_architecture_names_constraints_as_the_database_does(idle_app: Flask) -> None:
    names = {str(part.name) for table in Base.metadata.tables.values() for part in [*table.indexes, *table.constraints]}
    named = {name for document in PRESENT for name in re.findall(r"`((?:uq|ck|fk|pk|ix)_\w+)`", document.read_text())}
    assert len(named) > 15
    assert named - names == set()


def test_starting_loads_none_of_the_heavy_libraries() -> None:
    heavy = ["ortools", "pandas", "numpy", "PIL", "typst", "xlsxwriter", "openpyxl", "icalendar", "requests"]
    program = f"import sys, exhibition.factory; print(*[name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
