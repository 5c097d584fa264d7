"""``flask users create`` and ``flask setup-code``."""

import secrets
import sys

import click
from flask.cli import AppGroup, with_appcontext
from flask_babel import force_locale

from exhibition.accounts import editions, service, setup
from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.sign_in.passwords import refuse_weak
from exhibition.core.errors import Refused

cli = AppGroup("users", help="People who sign in.")


def one_time_password() -> str:
    """A random password of 16 characters, shown once."""
    return secrets.token_urlsafe(12)


@cli.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in RoleName]), required=True)
@click.option("--name", default="", help="How the person is called.")
@click.option("--exhibition", "slug", help="The edition that the role is for, by its name in addresses; else all.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
def create(email: str, role: str, name: str, slug: str | None, *, password_stdin: bool) -> None:
    """Create a user and print their password, once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else one_time_password()
    try:
        if password_stdin:
            refuse_weak(password, email=email, name=name)
        exhibition_id = editions.edition_id(slug) if slug else None
        user = service.create_user(
            COMMAND_LINE, email, RoleName(role), password=password, name=name, exhibition_id=exhibition_id
        )
    except Refused as refused:
        raise click.ClickException(str(refused.message)) from refused
    click.echo(f"Created {user.email} ({role}).")
    if not password_stdin:
        click.echo(f"Password, shown only now: {password}")


@click.command("setup-code")
@with_appcontext
def setup_code() -> None:
    """Make and print a new code for /setup, where the first administrator is made; an earlier one no longer works."""
    try:
        click.echo(setup.make_code())
    except Refused as refused:
        with force_locale("en"):
            raise click.ClickException(str(refused.message)) from refused
