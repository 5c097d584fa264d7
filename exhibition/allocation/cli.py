"""``flask allocation solve``: a proposal for scripts and independent checks, without a database."""

from pathlib import Path

import click
from flask.cli import AppGroup

from exhibition.core.files import json_documents

cli = AppGroup("allocation", help="Who stands where.")


@cli.command("solve", with_appcontext=False)
@click.option("--input", "source", required=True, type=click.Path(path_type=Path), help="The problem, as JSON.")
@click.option("--output", "target", required=True, type=click.Path(path_type=Path), help="Where the plan goes.")
def solve(source: Path, target: Path) -> None:
    """Propose which exhibitor gets which booth, with reasons. The documents are in docs/allocation.md."""
    from exhibition.allocation.solver import problem_reading
    from exhibition.allocation.solver import solve as solver
    from exhibition.allocation.solver.problem import CutShort

    with json_documents.spoken():
        given = json_documents.read(source)
        asked = problem_reading.read(given)
        json_documents.note_unknown(given)
        plan = solver.solve(asked, progress=_say)
        json_documents.write(target, plan.document())
    click.echo(f"{len(plan.assignments)} placed, {len(plan.unplaced)} without a booth, in {plan.seconds:.1f} s.")
    for term, value in plan.terms.items():
        click.echo(f"  {term:<12} {value:>16.3f}")
    click.echo(f"  {'objective':<12} {plan.objective:>16.3f}")
    if plan.cut_short is CutShort.CLOCK:
        click.echo(f"  cut short by the clock after {plan.seconds:.1f} s: another run may give another plan")
    click.echo(f"  {'bound':<12} {plan.bound:>16.3f}{'  (proven optimal)' if plan.optimal else ''}")


def _say(stage: str, objective: float, bound: float) -> bool:
    click.echo(f"{stage}: objective {objective:.3f}, at most {bound:.3f}", err=True)
    return True
