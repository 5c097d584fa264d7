"""What is done for applications in the background."""

from exhibition.core.jobs import every, job
from exhibition.exhibitors.applications import imports as application_imports


@job()
def work(run_id: int) -> None:
    """Check or write a list of applicants; asked for at the desk."""
    application_imports.work(run_id)


@every(minutes=5)
def revive_imports() -> None:
    """Go on with imports whose job was killed."""
    application_imports.revive()
