"""``flask edition``: fairs for scripts. What is wrong is one sentence that names the field, with exit code 2."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.errors import Refused
from exhibition.core.files import json_documents
from exhibition.editions import consequences, creating
from exhibition.editions.plans import EVERYTHING, Part
from exhibition.editions.reading import read
from exhibition.venue.edition import states
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState

cli = AppGroup("edition", help="Editions of the fair.")
PUBLISH = click.option("--publish", is_flag=True, help="Show it to visitors at once.")


@contextmanager
def _spoken() -> Iterator[None]:
    with json_documents.spoken():
        try:
            yield
        except Refused as refused:
            with force_locale("en"):
                sentence = str(refused.message)
            raise json_documents.Malformed(f"{refused.field}: {sentence}" if refused.field else sentence) from refused


def _say(exhibition: Exhibition) -> None:
    state = exhibition.state.replace("_", " ")
    click.echo(f"{exhibition.slug}: {exhibition.name}, {exhibition.starts_on} to {exhibition.ends_on}, {state}.")


@cli.command("create")
@click.option("--file", "source", required=True, type=click.Path(path_type=Path), help="The fair, as JSON.")
@PUBLISH
def create(source: Path, *, publish: bool) -> None:
    """Make an edition from a file. The document is in docs/editions.md."""
    with _spoken():
        _say(creating.create(COMMAND_LINE, read(json_documents.read(source)), publish=publish))


@cli.command("clone")
@click.argument("slug")
@click.argument("new_slug")
@click.option("--starts-on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The new first day.")
@click.option("--open-booths", type=click.IntRange(min=1), help="Open this many, as far apart as possible.")
@click.option(
    "--without", multiple=True, type=click.Choice([part.value for part in Part]), help="Leave this out; repeatable."
)
@PUBLISH
def clone(
    slug: str, new_slug: str, starts_on: datetime, open_booths: int | None, without: tuple[str, ...], *, publish: bool
) -> None:
    """Make an edition NEW_SLUG from the edition SLUG: hall, sessions, gates, caps, rules and texts, but no people."""
    parts = EVERYTHING - {Part(name) for name in without}
    with _spoken():
        day = starts_on.date()
        _say(creating.clone(COMMAND_LINE, slug, new_slug, day, parts=parts, open_booths=open_booths, publish=publish))


def _step(name: str, target: EditionState, explanation: str) -> None:
    @cli.command(name, help=explanation)
    @click.argument("slug")
    def step(slug: str) -> None:
        with _spoken():
            _say(states.change_state(COMMAND_LINE, slug, target))


_step("publish", EditionState.PUBLISHED, "Show the edition SLUG to visitors, for the first time or again.")
_step("archive", EditionState.ARCHIVED, "Close the edition SLUG; it can still be looked at.")
_step("call-off", EditionState.CALLED_OFF, "Say that the edition SLUG does not take place.")
_step("postpone", EditionState.POSTPONED, "Say that the edition SLUG takes place later.")


@cli.command("move")
@click.argument("slug")
@click.option("--days", type=int, required=True, help="By how many days; a negative number: sooner.")
@click.option("--dry-run", is_flag=True, help="Only say what would move.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def move(slug: str, days: int, *, dry_run: bool, as_json: bool) -> None:
    """Move the fair SLUG to other days, with all that hangs on its days; visitors are told by mail."""
    with _spoken():
        exhibition = states.by_slug(slug)
        counts = consequences.move(COMMAND_LINE, exhibition, days, dry_run=dry_run)
    if as_json:
        click.echo(json.dumps(asdict(counts)))
        return
    verb = "Would move" if dry_run else "Moved"
    click.echo(
        f"{verb} {exhibition.name} by {days} days: {counts.sessions} sessions with {counts.people} people, "
        f"{counts.rounds} rounds, {counts.caps} planned caps, {counts.offers} deadlines of holds and offers, "
        f"the days of {counts.badges} badges."
    )


@cli.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_editions(*, as_json: bool) -> None:
    """List every edition by its dates."""
    editions = states.every()
    if not as_json:
        for exhibition in editions:
            _say(exhibition)
        return
    lines = [
        {
            "slug": one.slug,
            "name": one.name,
            "state": one.state.value,
            "starts_on": one.starts_on.isoformat(),
            "ends_on": one.ends_on.isoformat(),
        }
        for one in editions
    ]
    click.echo(json.dumps(lines))
