"""``flask backup``, ``flask restore`` and ``flask doctor``."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from exhibition.core import backup
from exhibition.core.errors import Refused
from exhibition.core.upkeep import doctor

FOLDER = click.Path(path_type=Path)


@click.command("backup")
@click.argument("folder", metavar="DIR", type=FOLDER)
@with_appcontext
def back_up(folder: Path) -> None:
    """Write database, keys, secrets and uploads into the new folder DIR; the server may keep running."""
    try:
        manifest = backup.back_up(folder)
    except Refused as refused:
        raise click.ClickException(str(refused.message)) from refused
    except backup.FAILURES as error:
        raise click.ClickException("The database cannot be read; no backup was made.") from error
    click.echo(f"Backed up {manifest.row_count} rows of {len(manifest.rows)} tables into {folder}.")


@click.command("restore")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--replace", is_flag=True, help="Replace what the database holds now.")
@with_appcontext
def restore(folder: Path, *, replace: bool) -> None:
    """Bring back the backup in DIR. Stop the server first, and run `flask db upgrade` on a new database."""
    try:
        manifest = backup.restore(folder, replace=replace)
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
        click.echo(f"{finding.name}: {finding.advice or 'well'}")
    if any(finding.advice for finding in findings):
        raise SystemExit(1)
