"""Names of our modules in docstrings and comments are names of something that exists."""

import ast
import importlib.util
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import exhibition

HOUSE = Path(exhibition.__file__).parent
TOP = {path.stem for path in HOUSE.iterdir() if (path.is_dir() or path.suffix == ".py") and path.stem.isidentifier()}
DOTTED = re.compile(r"``((?:\w+\.)+\w+)(?:\(\))?``")
SUFFIXES = {"py", "js", "json", "html", "txt", "md", "css", "svg", "sqlite3"}


def texts(source: str) -> Iterator[str]:
    """Every docstring, text that stands alone below an attribute, and comment."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def roots(module: Path) -> Iterator[str]:
    """Where a name may begin: at the top, or in one of the packages that the module is in."""
    for folder in module.parents:
        yield ".".join(folder.relative_to(HOUSE.parent).parts)
        if folder == HOUSE:
            return


def is_importable(name: str) -> bool:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            if importlib.util.find_spec(".".join(parts[:length])) is None:
                continue
        except ModuleNotFoundError:
            continue
        found: object = importlib.import_module(".".join(parts[:length]))
        for attribute in parts[length:]:
            if not hasattr(found, attribute) and attribute not in getattr(found, "__annotations__", {}):
                return False
            found = getattr(found, attribute, None)
        return True
    return False


def is_ours(name: str, module: Path) -> bool:
    """Whether a name begins with one of our packages, or with a module or package beside the module that names it."""
    first = name.split(".", maxsplit=1)[0]
    if name.rsplit(".", maxsplit=1)[1] in SUFFIXES:
        return False
    return (
        first in TOP | {"exhibition"} or (module.parent / first).is_dir() or (module.parent / f"{first}.py").is_file()
    )


@pytest.mark.parametrize("module", sorted(HOUSE.rglob("*.py")), ids=lambda path: str(path.relative_to(HOUSE)))
def test_docstrings_and_comments_name_what_exists(module: Path) -> None:
    names = {name for text in texts(module.read_text()) for name in DOTTED.findall(text) if is_ours(name, module)}

    unknown = {
        name
        for name in names
        if not any(is_importable(candidate) for candidate in [name, *(f"{root}.{name}" for root in roots(module))])
    }

    assert not unknown
