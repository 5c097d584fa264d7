"""The handbook and the program agree on the commands there are."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from flask import Flask

from exhibition.core.config import PROJECT
from exhibition.factory import create_app

HANDBOOKS = ("operations.md", "configuration.md")


@pytest.fixture(scope="module")
def idle_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that no database has to answer for."""
    return create_app({"INSTANCE_PATH": str(tmp_path_factory.mktemp("instance"))}, testing=True)


def commands(group: click.Group, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], click.Command]:
    """Every command that can be typed, by its words."""
    found: dict[tuple[str, ...], click.Command] = {}
    for name, command in group.commands.items():
        found[*path, name] = command
        if isinstance(command, click.Group):
            found |= commands(command, (*path, name))
    return found


def test_every_command_explains_itself(idle_app: Flask) -> None:
    runner = idle_app.test_cli_runner()
    for words, command in commands(idle_app.cli).items():
        result = runner.invoke(args=[*words, "--help"])
        assert result.exit_code == 0, words
        assert command.get_short_help_str(), words


def test_every_command_stands_in_the_handbook(idle_app: Flask) -> None:
    text = "".join(Path(PROJECT, "docs", name).read_text() for name in HANDBOOKS)
    found = commands(idle_app.cli)
    own = {words for words, command in found.items() if "exhibition." in getattr(command.callback, "__module__", "")}
    wrapped = {words for words in found if len(words) == 1}  # of an extension's commands, the group is enough
    missing = [" ".join(words) for words in sorted(own | wrapped) if f"flask {' '.join(words)}" not in text]
    assert missing == []


def test_starting_loads_none_of_the_heavy_libraries() -> None:
    heavy = ["ortools", "pandas", "numpy", "PIL", "typst", "xlsxwriter", "openpyxl", "icalendar", "requests"]
    program = f"import sys, exhibition.factory; print(*[name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
