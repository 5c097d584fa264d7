"""``flask demo load``."""

import click
from flask.cli import AppGroup

from exhibition.core.errors import Refused
from exhibition.demo import service

cli = AppGroup("demo", help="The demo edition.")


@cli.command("load")
@click.option("--open-now", is_flag=True, help="Make one slot contain the present moment, whatever the hour.")
def load(*, open_now: bool) -> None:
    """Load the demo edition into an empty database."""
    try:
        exhibition = service.load(open_now=open_now)
    except Refused as refused:
        raise click.ClickException(str(refused.message)) from refused
    click.echo(f"Loaded {exhibition.name}, {exhibition.starts_on} to {exhibition.ends_on}.")
