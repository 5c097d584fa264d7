"""What the clock does for the allocation."""

from exhibition.allocation import service
from exhibition.core.jobs import every


@every(minutes=5)
def release_expired() -> None:
    """Tidy up holds and offers whose time is over; queries do not wait for it."""
    service.tidy()
