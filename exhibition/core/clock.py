"""The one place that reads the time. Rules never do: they are handed ``now``."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)
