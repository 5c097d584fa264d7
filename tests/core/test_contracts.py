"""Every module of the application is bound by an import contract; ``make lint`` holds the contracts themselves."""

import ast
import fnmatch
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from exhibition.core.config import PROJECT

CONTRACTS: list[dict[str, Any]] = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
MODULES = sorted(
    ".".join(path.relative_to(PROJECT).with_suffix("").parts)
    for path in (PROJECT / "exhibition").rglob("*.py")
    if path.name != "__init__.py"
)
PURE, NO_FLASK = "What is pure knows values only", "Flask stays at the edges"
EDGES = ("web", "cli", "jobs")
OUTSIDE = ("exhibition.core", "exhibition.demo", "exhibition.onsite", "exhibition.factory")
"""Where Flask itself is at home: the ground, what puts the application together, and what serves it."""


def named(name: str) -> list[str]:
    return next(contract["source_modules"] for contract in CONTRACTS if contract["name"] == name)


def holds(sources: list[str], module: str) -> bool:
    """Whether the module is one of the sources or lies in one."""
    parts = module.split(".")
    ancestors = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return any(fnmatch.fnmatchcase(one, source) for source in sources for one in ancestors)


def test_there_are_modules_to_bind() -> None:
    assert len(MODULES) > 200


@pytest.mark.parametrize("module", MODULES)
def test_a_module_stands_in_the_exhaustive_layers_of_its_package(module: str) -> None:
    _root, package, *rest = module.split(".")
    layers = {
        contract["containers"][0]: {name.strip() for layer in contract["layers"] for name in re.split("[|:]", layer)}
        for contract in CONTRACTS
        if contract["type"] == "layers" and contract["exhaustive"]
    }
    assert package in layers["exhibition"]
    if rest:
        assert rest[0] in layers[f"exhibition.{package}"]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_pure_or_a_use_case_or_an_edge(module: str) -> None:
    edge = module.startswith(OUTSIDE) or any(part in EDGES for part in module.split(".")[2:3])
    assert edge != holds(named(NO_FLASK), module)
    if holds(named(PURE), module):
        assert not edge or module.startswith(("exhibition.core.pictures", "exhibition.core.tables"))


def test_no_folder_lists_more_modules_than_one_can_take_in() -> None:
    folders: dict[Path, int] = {}
    for path in (PROJECT / "exhibition").rglob("*.py"):
        folders[path.parent] = folders.get(path.parent, 0) + (path.name != "__init__.py")
    crowded = {str(folder.relative_to(PROJECT)): count for folder, count in folders.items() if count > 17}
    assert crowded == {}


def test_a_public_class_name_stands_in_one_package() -> None:
    places: dict[str, list[str]] = {}
    for path in (PROJECT / "exhibition").rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(PROJECT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
