"""Other accounts of the machine can open nothing that the application writes."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from exhibition.core import private_files
from exhibition.core.config import PROJECT, ConfigurationError
from exhibition.factory import create_app
from tests.core.web.test_security import SAFE


def open_ones(folder: Path) -> list[str]:
    return [str(path) for path in (folder, *folder.rglob("*")) if stat.S_IMODE(path.stat().st_mode) & 0o077]


def flask(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask", "--app", "app", *words]
    environment = os.environ | {"EXHIBITION_INSTANCE_PATH": str(folder)}
    return subprocess.run(command, check=False, cwd=PROJECT, env=environment, capture_output=True, text=True, umask=0)


def test_commands_make_private_files_whatever_the_umask_was(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    assert flask(folder, "db", "upgrade").returncode == 0
    assert flask(folder, "demo", "load").returncode == 0
    assert (folder / "exhibition.sqlite3").exists()
    assert open_ones(folder) == []
    found = flask(folder, "doctor")
    assert (found.returncode, "files of the instance: in order" in found.stdout) == (0, True)


def test_an_installation_of_an_earlier_version_is_closed_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "exhibition.sqlite3").touch()
    (tmp_path / "uploads").mkdir()
    earlier = [tmp_path, *tmp_path.iterdir()]
    for path in earlier:
        path.chmod(0o755)
    create_app({"INSTANCE_PATH": str(tmp_path)})
    assert [path for path in earlier if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_what_cannot_be_closed_stops_production_and_is_found_by_the_doctor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, _mode: int) -> None:
        raise PermissionError(path)

    tmp_path.chmod(0o755)
    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(ConfigurationError, match="Other accounts of this machine can open"):
        create_app(SAFE | {"INSTANCE_PATH": str(tmp_path)})
    app = create_app({"INSTANCE_PATH": str(tmp_path)})
    found = app.test_cli_runner().invoke(args=["doctor"])
    assert (found.exit_code, "chmod -R go-rwx" in found.output, "flask db upgrade" in found.output) == (1, True, True)
    assert private_files.open_to_others(tmp_path)[0] == tmp_path
