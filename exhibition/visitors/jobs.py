"""What the clock does for visitors' privacy."""

from exhibition.accounts.audit import Actor
from exhibition.core.jobs import every
from exhibition.exhibitors.applications import privacy as application_privacy
from exhibition.visitors import privacy

CLOCK = Actor(None, "clock")


@every(minutes=60)
def erase_contacts() -> None:
    """Erase names and addresses when the edition's retention is over, also where nobody thinks of the command."""
    privacy.purge(CLOCK)


@every(minutes=60)
def erase_applications() -> None:
    """Erase applications that came to nothing, whatever becomes of the visitors' contacts."""
    application_privacy.purge(CLOCK)
