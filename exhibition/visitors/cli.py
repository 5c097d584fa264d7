"""``flask privacy purge``."""

import click
from flask.cli import AppGroup

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.visitors import privacy, rules

cli = AppGroup("privacy", help="Personal data.")


@cli.command("purge")
@click.option(
    "--days",
    type=click.IntRange(min=0),
    default=rules.RETENTION_DAYS,
    show_default=True,
    help="Days to keep contacts after an edition's last day.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be erased.")
def purge(*, days: int, dry_run: bool) -> None:
    """Erase names, e-mail addresses and phone numbers, of staff too, of editions that are over; counts stay true."""
    done = privacy.purge(COMMAND_LINE, days=days, dry_run=dry_run)
    verb = "Would erase" if dry_run else "Erased"
    for erased in done:
        click.echo(f"{verb} {erased.contacts} contacts of {erased.exhibition}.")
    if not done:
        click.echo(f"Nothing to erase: no edition ended more than {days} days ago.")
