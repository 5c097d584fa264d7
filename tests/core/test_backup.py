"""``flask backup`` and ``flask restore``."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from exhibition.core.config import PROJECT, instance_folder
from exhibition.core.db import db
from exhibition.core.upkeep import backup
from exhibition.venue.models import Exhibition
from exhibition.visitors import keys
from exhibition.visitors.models import VisitorPass
from tests.conftest import empty, make_app, new_database
from tests.gate import world

KILLED = """
import os, signal
from exhibition.core.upkeep import backup
from exhibition.factory import create_app

def killed(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

backup.{step} = killed
create_app(testing=True).test_cli_runner().invoke(args={args})
"""


def flask(app: Flask, *args: str | Path) -> Result:
    result = app.test_cli_runner().invoke(args=[str(arg) for arg in args])
    db.session.rollback()
    return result


def killed(app: Flask, step: str, *args: str | Path) -> None:
    """Run a command in a process that is killed when it reaches ``step``."""
    environment = os.environ | {
        "EXHIBITION_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "EXHIBITION_INSTANCE_PATH": str(instance_folder()),
    }
    program = KILLED.format(step=step, args=[str(arg) for arg in args])
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL


def passes() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(VisitorPass)) or 0


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_restored_instance_admits_the_passes_it_issued_and_its_counters_agree(
    app: Flask, client: FlaskClient, exhibition: Exhibition, tmp_path: Path
) -> None:
    device = world.enrol(exhibition)
    inside, coming = world.issue(exhibition.id, party_size=2), world.issue(exhibition.id)
    world.count_places()
    world.send(client, device, token=inside.token, people=2)
    uploads = instance_folder() / "uploads"
    uploads.mkdir(exist_ok=True)
    (uploads / "picture.jpg").write_bytes(b"a picture")
    key_files = files(instance_folder() / "keys")
    made = flask(app, "backup", tmp_path / "copy")
    assert made.exit_code == 0, made.output

    empty(app)
    shutil.rmtree(instance_folder() / "keys")
    shutil.rmtree(uploads)
    done = flask(app, "restore", tmp_path / "copy")

    assert done.exit_code == 0, done.output
    assert world.send(client, device, token=coming.token).get_json()["verdict"] == "accepted"
    assert world.hall(exhibition.id)[0] == 3
    assert flask(app, "gate", "verify-counters").exit_code == 0
    assert files(instance_folder() / "keys") == key_files
    assert (uploads / "picture.jpg").read_bytes() == b"a picture"
    assert keys.signing_key()[0] == 1
    world.issue(exhibition.id)  # new ids continue after the restored ones
    shutil.rmtree(uploads)


def test_backup_is_readable_by_its_owner_only_and_counts_its_rows(
    app: Flask, exhibition: Exhibition, tmp_path: Path
) -> None:
    world.issue(exhibition.id)
    assert flask(app, "backup", tmp_path / "new" / "copy").exit_code == 0
    manifest = json.loads((tmp_path / "new" / "copy" / "manifest.json").read_text())
    assert (manifest["rows"]["visitor_pass"], manifest["revision"]) == (1, backup.migrations.head())
    for path in (tmp_path / "new" / "copy", *(tmp_path / "new" / "copy").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_restore_keeps_the_audit_trail_append_only(app: Flask, exhibition: Exhibition, tmp_path: Path) -> None:
    flask(app, "backup", tmp_path / "copy")
    assert flask(app, "restore", tmp_path / "copy", "--replace").exit_code == 0
    world.enrol(exhibition)
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("UPDATE audit_entry SET action = 'x'"))
    db.session.rollback()


def test_restore_refuses_a_database_with_rows_unless_told_to_replace(
    app: Flask, exhibition: Exhibition, tmp_path: Path
) -> None:
    flask(app, "backup", tmp_path / "copy")
    world.issue(exhibition.id)
    refused = flask(app, "restore", tmp_path / "copy")
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert "--replace" in refused.output
    assert passes() == 1
    assert flask(app, "restore", tmp_path / "copy", "--replace").exit_code == 0
    assert passes() == 0


def test_killed_restore_leaves_rows_and_keys_as_they_were(app: Flask, exhibition: Exhibition, tmp_path: Path) -> None:
    world.issue(exhibition.id)
    flask(app, "backup", tmp_path / "copy")
    world.issue(exhibition.id)
    key_files = files(instance_folder() / "keys")
    killed(app, "_count", "restore", tmp_path / "copy", "--replace")  # all rows are filled in, none is counted
    assert passes() == 2
    assert files(instance_folder() / "keys") == key_files


def test_killed_backup_leaves_no_folder_under_its_name(app: Flask, exhibition: Exhibition, tmp_path: Path) -> None:
    killed(app, "_copy_kept", "backup", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    assert flask(app, "backup", tmp_path / "copy").exit_code == 0


def test_failed_restore_leaves_rows_and_keys_as_they_were(app: Flask, exhibition: Exhibition, tmp_path: Path) -> None:
    world.issue(exhibition.id)
    flask(app, "backup", tmp_path / "copy")
    world.issue(exhibition.id)
    manifest = tmp_path / "copy" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"visitor_pass": 1', '"visitor_pass": 7'))
    instance = set(instance_folder().iterdir()) - {instance_folder() / "restoring"}
    refused = flask(app, "restore", tmp_path / "copy", "--replace")
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert passes() == 2
    assert set(instance_folder().iterdir()) == instance


def test_restore_says_in_one_sentence_that_a_folder_is_no_backup(app: Flask, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        refused = flask(app, "restore", folder)
        assert refused.exit_code == 1
        assert refused.output == f"Error: {folder} is not a backup: it has no readable manifest.json.\n"


def test_restore_refuses_a_damaged_backup(app: Flask, tmp_path: Path) -> None:
    flask(app, "backup", tmp_path / "copy")
    (tmp_path / "copy" / "instance" / "totp.key").write_text("x")
    refused = flask(app, "restore", tmp_path / "copy", "--replace")
    assert (refused.exit_code, refused.output) == (
        1,
        "Error: The backup is damaged: instance/totp.key is not as it was written.\n",
    )


def test_restore_refuses_the_backup_of_another_revision(app: Flask, tmp_path: Path) -> None:
    flask(app, "backup", tmp_path / "copy")
    manifest = tmp_path / "copy" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"revision": "0000"}))
    refused = flask(app, "restore", tmp_path / "copy", "--replace")
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert "0000" in refused.output


def test_backup_refuses_a_folder_with_something_in_it(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "note").write_text("mine")
    refused = flask(app, "backup", tmp_path)
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["note"]


def test_a_laptops_backup_moves_the_fair_onto_postgresql(
    app: Flask, exhibition: Exhibition, postgres_server: str, tmp_path: Path
) -> None:
    world.issue(exhibition.id, party_size=3)
    manifest = backup.back_up(tmp_path / "copy")
    larger = make_app(tmp_path / "larger", new_database(postgres_server, "exhibition_larger"))
    with larger.app_context():
        done = flask(larger, "restore", tmp_path / "copy")
        assert done.exit_code == 0, done.output
        assert db.session.scalars(select(VisitorPass.party_size)).one() == 3
        assert keys.signing_key()[0] == 1
        again = backup.back_up(tmp_path / "again")
        db.session.remove()
        db.engine.dispose()
    assert again.rows == manifest.rows


SECRET = "kopi tubruk di pagi hari"


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.write_text(SECRET + "\n")
    return file


def test_an_encrypted_backup_shows_nothing_and_is_restored_with_its_passphrase(
    app: Flask, exhibition: Exhibition, tmp_path: Path, passphrase: Path
) -> None:
    world.issue(exhibition.id)
    made = flask(app, "backup", tmp_path / "copy", "--passphrase-file", passphrase)
    assert made.exit_code == 0, made.output
    assert "not encrypted" not in made.output
    assert [path.name for path in (tmp_path / "copy").iterdir()] == [backup.SEALED]
    assert exhibition.slug.encode() not in (tmp_path / "copy" / backup.SEALED).read_bytes()
    empty(app)
    assert "passphrase" in flask(app, "restore", tmp_path / "copy").output
    done = flask(app, "restore", tmp_path / "copy", "--passphrase-file", passphrase)
    assert done.exit_code == 0, done.output
    assert passes() == 1
    assert list(instance_folder().glob("backup-*")) == []


def test_a_wrong_passphrase_changes_nothing(
    app: Flask, exhibition: Exhibition, tmp_path: Path, passphrase: Path
) -> None:
    flask(app, "backup", tmp_path / "copy", "--passphrase-file", passphrase)
    world.issue(exhibition.id)
    passphrase.write_text("another long passphrase")
    refused = flask(app, "restore", tmp_path / "copy", "--replace", "--passphrase-file", passphrase)
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert "passphrase is wrong" in refused.output
    assert passes() == 1


def test_a_backup_that_is_not_encrypted_says_so_and_a_short_passphrase_is_refused(
    app: Flask, exhibition: Exhibition, tmp_path: Path, passphrase: Path
) -> None:
    assert "not encrypted" in flask(app, "backup", tmp_path / "copy").output
    passphrase.write_text("short")
    assert flask(app, "backup", tmp_path / "other", "--passphrase-file", passphrase).exit_code == 1
