"""The periodic jobs for privacy."""

from exhibition.accounts.audit import Actor
from exhibition.core.jobs import every
from exhibition.visitors import purging

CLOCK = Actor(None, "clock")


@every(minutes=60)
def erase_personal_data() -> None:
    """Erase what is personal when the edition's retention is over, even where nobody runs the command."""
    purging.purge(CLOCK)


@every(minutes=60)
def forget_link_requests() -> None:
    """Delete who asked for a lost link some days ago."""
    purging.forget_link_requests()
