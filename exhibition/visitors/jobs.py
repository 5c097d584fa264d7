"""The periodic jobs for privacy."""

from exhibition.accounts.audit import Actor
from exhibition.core.jobs import every
from exhibition.exhibitors.applications import privacy as application_privacy
from exhibition.visitors import privacy

CLOCK = Actor(None, "clock")


@every(minutes=60)
def erase_contacts() -> None:
    """Erase names and addresses when the edition's retention is over, even where nobody runs the command."""
    privacy.purge(CLOCK)


@every(minutes=60)
def erase_applications() -> None:
    """Erase unsuccessful applications, independently of the visitors' contacts."""
    application_privacy.purge(CLOCK)
