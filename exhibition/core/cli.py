"""``flask backup``, ``flask restore`` and ``flask doctor``."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from exhibition.core.config import setting
from exhibition.core.errors import Refused
from exhibition.core.upkeep import backup, doctor

FOLDER = click.Path(path_type=Path)
PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File with the passphrase of an encrypted backup.  [default: EXHIBITION_BACKUP_PASSPHRASE]",
)


def _passphrase(file: Path | None) -> str:
    """The passphrase in the file's first line, else that of the settings; empty: no encryption."""
    if file is None:
        return setting("BACKUP_PASSPHRASE")
    try:
        first, *_rest = [*file.read_text().splitlines(), ""]
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file} cannot be read.") from error
    if not first.strip():
        raise click.ClickException(f"{file} has no passphrase in its first line.")
    return first.strip()


@click.command("backup")
@click.argument("folder", metavar="DIR", type=FOLDER)
@PASSPHRASE_FILE
@with_appcontext
def back_up(folder: Path, passphrase_file: Path | None) -> None:
    """Write database, keys, secrets and uploads into the new folder DIR; the server may keep running."""
    passphrase = _passphrase(passphrase_file)
    try:
        manifest = backup.back_up(folder, passphrase)
    except Refused as refused:
        raise click.ClickException(str(refused.message)) from refused
    except backup.FAILURES as error:
        raise click.ClickException("The database cannot be read; no backup was made.") from error
    click.echo(f"Backed up {manifest.row_count} rows of {len(manifest.rows)} tables into {folder}.")
    if not passphrase:
        click.echo("It is not encrypted: whoever has it can read every name and make valid passes.", err=True)


@click.command("restore")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--replace", is_flag=True, help="Replace what the database holds now.")
@PASSPHRASE_FILE
@with_appcontext
def restore(folder: Path, passphrase_file: Path | None, *, replace: bool) -> None:
    """Bring back the backup in DIR. Stop the server first, and run `flask db upgrade` on a new database."""
    try:
        manifest = backup.restore(folder, replace=replace, passphrase=_passphrase(passphrase_file))
    except Refused as refused:
        raise click.ClickException(str(refused.message)) from refused
    except backup.FAILURES as error:
        raise click.ClickException("The backup could not be restored; everything is as it was.") from error
    click.echo(f"Restored {manifest.row_count} rows of {len(manifest.rows)} tables, written {manifest.made_at}.")


@click.command("doctor")
@with_appcontext
def look_over() -> None:
    """Look over this installation, and say what is wrong and what to do. Exit code 1: something is wrong."""
    findings = doctor.look()
    for finding in findings:
        click.echo(f"{finding.name}: {finding.advice or 'in order'}")
    if any(finding.advice for finding in findings):
        raise SystemExit(1)
