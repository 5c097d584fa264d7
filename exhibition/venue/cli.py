"""`flask venue space`: the spacing planner for scripts. Touches no database."""

import math
from pathlib import Path

import click
from flask.cli import AppGroup

from exhibition.core.files import json_documents

cli = AppGroup("venue", help="The hall: which booths to open.")


@cli.command("space", with_appcontext=False)
@click.option("--input", "source", required=True, type=click.Path(path_type=Path), help="The hall, as JSON.")
@click.option("--output", "target", required=True, type=click.Path(path_type=Path), help="Where the answer goes.")
@click.option("--count", type=click.IntRange(min=1), help="Open this many booths, as far apart as possible.")
@click.option("--distance", type=click.FloatRange(min=0), help="Open as many booths as fit this many metres apart.")
def space(source: Path, target: Path, count: int | None, distance: float | None) -> None:
    """Choose the booths to open by the distance between their centres. The documents are in docs/allocation.md."""
    from exhibition.venue.rules import spacing

    if (count is None) == (distance is None):
        raise click.UsageError("Give either --count or --distance.")
    with json_documents.spoken():
        if distance is not None and not math.isfinite(distance):
            raise json_documents.Malformed(f"--distance must be a finite number, not {distance}.")
        given = json_documents.read(source)
        hall = spacing.read(given)
        json_documents.note_unknown(given)
        answer = spacing.farthest(hall, count) if count else spacing.most_at_distance(hall, distance or 0.0)
        json_documents.write(target, answer.document())
    apart = "" if answer.distance_m is None else f" at least {answer.distance_m:.2f} m apart"
    click.echo(f"{len(answer.open)} booths{apart}{', proven best' if answer.optimal else ', not proven best'}.")
    if count and len(answer.open) < count:
        click.echo(f"There are not {count} booths to open; this is the largest number.", err=True)
