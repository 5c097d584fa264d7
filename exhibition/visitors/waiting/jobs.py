"""The periodic jobs of the waiting lists."""

from exhibition.core.jobs import every
from exhibition.visitors.waiting import line, service


@every(minutes=1)
def end_offers() -> None:
    """End offers whose time is over and pass their places on; nobody can take them even before that."""
    line.lapse()


@every(minutes=60)
def forget_over() -> None:
    """Erase the contacts of who waited for sessions that have ended."""
    service.forget_over()
