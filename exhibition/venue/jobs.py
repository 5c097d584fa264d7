"""What is worked out in the background for the hall."""

from exhibition.core.jobs import job
from exhibition.venue import spacing_planner


@job()
def work_out(run_id: int) -> None:
    """Answer a question to the spacing planner; asked at the desk."""
    spacing_planner.run(run_id)
