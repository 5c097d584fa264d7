"""Background jobs of the hall."""

from exhibition.core.jobs import job
from exhibition.venue import spacing_planner


@job()
def work_out(run_id: int) -> None:
    """Answer a question that the desk has put to the spacing planner."""
    spacing_planner.run(run_id)
