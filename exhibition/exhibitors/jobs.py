"""Background jobs of applications."""

from exhibition.core.jobs import every, job
from exhibition.exhibitors.applications import imports as application_imports


@job()
def work(run_id: int) -> None:
    """Check or write an imported list of applicants."""
    application_imports.work(run_id)


@every(minutes=5)
def revive_imports() -> None:
    """Continue imports whose job was killed."""
    application_imports.revive()
