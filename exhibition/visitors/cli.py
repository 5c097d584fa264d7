"""``flask privacy purge``."""

import click
from flask.cli import AppGroup

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.exhibitors.applications import privacy as application_privacy
from exhibition.visitors import privacy

cli = AppGroup("privacy", help="Personal data.")


@cli.command("purge")
@click.option(
    "--days",
    type=click.IntRange(min=0),
    help="Days to keep contacts and applications after an edition's last day.  [default: what the edition says]",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be erased.")
def purge(*, days: int | None, dry_run: bool) -> None:
    """Erase visitors' contacts, names of staff, and unsuccessful applications of editions that are over."""
    done = privacy.purge(COMMAND_LINE, days=days, dry_run=dry_run)
    verb = "Would erase" if dry_run else "Erased"
    for erased in done:
        click.echo(f"{verb} {erased.contacts} contacts of {erased.exhibition}.")
    for gone in application_privacy.purge(COMMAND_LINE, days=days, dry_run=dry_run):
        click.echo(f"{verb} {gone.applications} applications of {gone.exhibition}.")
    if not done:
        ago = "longer ago than it keeps contacts" if days is None else f"more than {days} days ago"
        click.echo(f"Nothing to erase: no edition ended {ago}.")
