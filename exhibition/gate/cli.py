"""``flask gate``: enrolment codes from the command line, the next key, and the check of the counters."""

import json

import click
from flask.cli import AppGroup

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.errors import Refused
from exhibition.gate import devices, verification
from exhibition.venue.edition import choice, states
from exhibition.visitors import keys

cli = AppGroup("gate", help="Gates, their devices and counters.")


@cli.command("enrolment-code")
@click.argument("code")
@click.option("--exhibition", "slug", help="The edition's name in addresses; else the one of today.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def enrolment_code(code: str, *, slug: str | None, as_json: bool) -> None:
    """Make a one-time code that turns one phone into a device of the gate CODE (for example A)."""
    try:
        exhibition = states.by_slug(slug) if slug else choice.of_today()
        if exhibition is None:
            raise click.ClickException("There is no edition yet. Make one: flask edition create --file FILE.json")
        gate = devices.gate_by_code(exhibition, code)
        enrolment = devices.make_enrolment_code(COMMAND_LINE, exhibition, gate.id)
    except Refused as refused:
        raise click.ClickException(str(refused.message)) from refused
    click.echo(json.dumps({"enrolment_code": enrolment}) if as_json else enrolment)


@cli.command("rotate-key")
@click.option("--now", "at_once", is_flag=True, help="Sign with it at once; gates learn of it with their next bundle.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rotate_key(*, at_once: bool, as_json: bool) -> None:
    """Make the next key for passes. Gates get it at once; it begins to sign ten minutes later. Old passes stay good."""
    try:
        key_id, signs_from = keys.rotate_key(COMMAND_LINE, at_once=at_once)
    except Refused as refused:
        raise click.ClickException(str(refused.message)) from refused
    if as_json:
        click.echo(json.dumps({"key_id": key_id, "signs_from": signs_from.isoformat()}))
    else:
        click.echo(f"Key {key_id} is published and signs from {signs_from:%Y-%m-%d %H:%M:%S} UTC on.")


@cli.command("verify-counters")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify_counters(*, as_json: bool) -> None:
    """Recompute every counter of people from scans, passes and offers; fails when one differs."""
    of_scans, of_places = verification.verify_counters(), verification.verify_places()
    differences = [*of_scans, *of_places]
    if as_json:
        click.echo(json.dumps([vars(difference) for difference in differences]))
    else:
        for difference in of_scans:
            click.echo(f"{difference.counter}: counted {difference.counted}, scans say {difference.derived}")
        for difference in of_places:
            click.echo(f"{difference.counter}: counted {difference.counted}, passes say {difference.derived}")
    if differences:
        raise click.ClickException(
            f"{len(differences)} counters differ from {'the scans' if of_scans else 'the passes'}."
        )
    if not as_json:
        click.echo("All counters agree with the scans.")
