"""``flask privacy purge``."""

import click
from flask.cli import AppGroup

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.visitors import purging

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
    purged = purging.purge(COMMAND_LINE, days=days, dry_run=dry_run, thorough=True)
    verb = "Would erase" if dry_run else "Erased"
    for erased in purged.contacts:
        click.echo(f"{verb} {erased.contacts} contacts of {erased.exhibition}.")
    for gone in purged.applications:
        click.echo(f"{verb} {gone.applications} applications of {gone.exhibition}.")
    if purged.exhibitors:
        click.echo(f"Erased the contacts of {purged.exhibitors} exhibitors who have not taken part for two years.")
    if purged.names:
        click.echo(f"Erased the names in {purged.names} entries of the audit trail.")
    if not purged.contacts:
        ago = "longer ago than it keeps contacts" if days is None else f"more than {days} days ago"
        click.echo(f"Nothing to erase: no edition ended {ago}.")
