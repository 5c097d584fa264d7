"""Background jobs of the hall, and of acts upon many at once."""

from exhibition.core.jobs import every, job
from exhibition.venue import spacing_planner
from exhibition.venue.bulk import acts


@job()
def work_out(run_id: int) -> None:
    """Answer a question that the desk has put to the spacing planner."""
    spacing_planner.run(run_id)


@job()
def go_on(bulk_act_id: int) -> None:
    """Carry out an act upon all that match."""
    acts.carry_out(bulk_act_id)


@every(minutes=1)
def revive_bulk_acts() -> None:
    """Go on with acts whose job was killed."""
    acts.revive()
