"""``flask demo load`` and ``flask demo sign-ins``."""

import click
from flask.cli import AppGroup

from exhibition.core.config import instance_folder
from exhibition.core.errors import Refused
from exhibition.demo import (
    badges,
    full_session,
    last_year,
    messages,
    pictures,
    service,
    sign_ins,
    takings,
    visitors,
    visits,
)

cli = AppGroup("demo", help="The demo edition.")


@cli.command("load")
@click.option("--open-now", is_flag=True, help="Make one slot contain the present moment, whatever the hour.")
@click.option("--visitors", "count", type=click.IntRange(min=0), default=0, help="Register this many invented parties.")
def load(*, open_now: bool, count: int) -> None:
    """Load this year's and last year's edition of the demo into an empty database."""
    try:
        exhibition = service.load(open_now=open_now)
        people = visitors.add(exhibition, count)
        views = visits.add(exhibition)
        given = badges.add(exhibition)
        drafts = messages.add(exhibition)
        waiting = full_session.add(exhibition)
        earlier = last_year.add(exhibition)
        drawn = pictures.add()
        told = takings.add(exhibition) + takings.add(earlier)
        codes = takings.register_codes(exhibition)
    except Refused as refused:
        raise click.ClickException(str(refused.message)) from refused
    for one in (exhibition, earlier):
        click.echo(f"Loaded {one.name}, {one.starts_on} to {one.ends_on}, {one.state.value}.")
    click.echo(f"Booth pages were looked at {views} times in the last days.")
    click.echo(f"Gave {drawn} products a picture.")
    click.echo(f"Gave out {given} badges to exhibitors' staff.")
    click.echo(f"Told the takings of {told} days at booths, and registered {codes} QRIS codes.")
    click.echo(f"Wrote {drafts} drafts of messages.")
    if waiting:
        click.echo(f"Filled a session with a group and others; {waiting} people wait for places in it.")
    if count:
        click.echo(f"Registered {count} parties of {people} people.")


@cli.command("sign-ins")
def make_sign_ins() -> None:
    """Make the demo's users and print their passwords, once; they are also written to the instance folder."""
    try:
        people = sign_ins.create()
    except Refused as refused:
        raise click.ClickException(str(refused.message)) from refused
    path = sign_ins.write(instance_folder(), people)
    click.echo(path.read_text(), nl=False)
